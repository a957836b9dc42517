package io.carillon.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.database.Database;
import io.carillon.execution.ledger.DayIndexes;
import io.carillon.execution.ledger.ExecutionFilter;
import io.carillon.execution.ledger.ExecutionListing;
import io.carillon.execution.ledger.ExecutionView;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a day that is over is read for what few of its executions have. */
@QuarkusTest
@TestProfile(StillReplica.class)
class ListingPlansTest {
    private static final int EACH_DAY = 5000;

    @Inject Engine engine;
    @Inject Database database;
    @Inject DayIndexes indexes;
    @Inject ExecutionListing listing;

    /** One of five thousand is of another type, failed, and has a label. */
    @BeforeEach
    void aDayThatIsOver() throws SQLException {
        engine.clear();
        engine.rows.change(
                """
                do $$ begin
                    perform execution_make_partition((now() at time zone 'UTC')::date - 4);
                    perform execution_make_partition((now() at time zone 'UTC')::date - 3);
                end $$
                """);
        for (int ago = 3; ago <= 4; ago++) {
            engine.rows.change(
                    """
                    insert into execution (id, scheduled_at, namespace, type, queue, state, origin, priority, order_key,
                                           run_at, max_attempts, delivery, timeout_ms, finished_at, labels)
                    select overlay(gen_random_uuid()::text placing left(hex, 8) || '-' || right(hex, 4) || '-7'
                                   from 1 for 15)::uuid,
                           at, 'default', case when n = 77 then 'rare' else 'noop' end, 'default',
                           case when n = 77 then 'FAILED' else 'SUCCEEDED' end, 'SUBMIT', 5, 0, at, 1,
                           'AT_LEAST_ONCE', 1, at, case when n = 77 then '{"team": "blue"}'::jsonb end
                    from (select n, midnight + n * interval '1 second' as at,
                                 lpad(to_hex(((extract(epoch from midnight) + n) * 1000)::bigint), 12, '0') as hex
                          from generate_series(1, %d) as n,
                               (select ((now() at time zone 'UTC')::date - %d)::timestamp at time zone 'UTC')
                                   as day (midnight)) as made
                    """
                            .formatted(EACH_DAY, ago));
        }
    }

    @AfterEach
    void dropTheDays() throws SQLException {
        engine.rows.change(
                """
                do $$ begin
                    execute 'drop table execution_' || to_char((now() at time zone 'UTC')::date - 4, 'YYYYMMDD');
                    execute 'drop table execution_' || to_char((now() at time zone 'UTC')::date - 3, 'YYYYMMDD');
                end $$
                """);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "FAILED, -, -, -, -",
                "CANCELLED, -, -, -, -",
                "-, rare, -, -, -",
                "-, -, none, -, -",
                "-, -, -, none, -",
                "FAILED, noop, -, -, -",
                "FAILED, noop, default, default, -",
                "SUCCEEDED, rare, default, -, -",
                "-, -, -, -, blue",
                "FAILED, noop, -, -, blue"
            })
    void whatFewExecutionsHaveIsFoundByAnIndex(
            @Nullable String state,
            @Nullable String type,
            @Nullable String queue,
            @Nullable String namespace,
            @Nullable String team)
            throws SQLException {
        indexes.make();

        var plan =
                plan(
                        filter(state, type, queue, namespace),
                        team == null ? null : "{\"team\":\"%s\"}".formatted(team));

        assertThat(plan)
                .as("%s", String.join("\n", plan))
                .noneMatch(line -> line.contains("Seq Scan on execution_"))
                .noneMatch(line -> line.contains("using execution_") && line.contains("_pkey"))
                .anyMatch(line -> line.contains("_terms") || line.contains("_labels"));
    }

    @Test
    void aPageGoesOnThroughTheDaysUntilItIsFull() {
        indexes.make();
        var rare = filter(null, "rare", null, null);

        var first = listing.page(rare, null, 1);
        var second = listing.page(rare, first.getFirst().id(), 1);

        assertThat(listing.page(rare, null, 10))
                .containsExactly(first.getFirst(), second.getFirst());
        assertThat(listing.page(rare, second.getFirst().id(), 10)).isEmpty();
    }

    @Test
    void everyExecutionIsOnOnePage() {
        var ids = new ArrayList<UUID>();
        UUID before = null;
        List<ExecutionView> page;
        do {
            page = listing.page(filter(null, null, null, null), before, 1000);
            page.forEach(each -> ids.add(each.id()));
            before = page.isEmpty() ? before : page.getLast().id();
        } while (!page.isEmpty());

        assertThat(ids).hasSize(2 * EACH_DAY).doesNotHaveDuplicates();
        assertThat(ids.stream().map(UUID::toString))
                .isSortedAccordingTo(Collections.reverseOrder());
    }

    @Test
    void indexesAreMadeOnceAndOfDaysThatAreOverAlone() {
        assertThat(indexes.make()).isGreaterThanOrEqualTo(6);
        assertThat(indexes.make()).isZero();
    }

    private static ExecutionFilter filter(
            @Nullable String state,
            @Nullable String type,
            @Nullable String queue,
            @Nullable String namespace) {
        return new ExecutionFilter(
                state == null ? null : ExecutionState.valueOf(state),
                null,
                namespace == null ? null : Set.of(namespace),
                type,
                queue,
                null,
                null,
                Map.of());
    }

    private List<String> plan(ExecutionFilter filter, @Nullable String labels) throws SQLException {
        var parameters = new AtomicInteger();
        String numbered =
                Pattern.compile("\\?")
                        .matcher(ExecutionListing.PAGE)
                        .replaceAll(any -> "\\$" + parameters.incrementAndGet());
        var values = new ArrayList<String>();
        String midnight = "((now() at time zone 'UTC')::date - %d)::timestamp at time zone 'UTC'";
        values.add(midnight.formatted(3));
        values.add(midnight.formatted(2));
        values.add("'00000000-0000-0000-0000-000000000000'");
        values.add("'ffffffff-ffff-ffff-ffff-ffffffffffff'");
        values.addAll(List.of("null", "null"));
        addTwice(values, ExecutionListing.term(filter));
        addTwice(values, filter.state() == null ? null : filter.state().name());
        values.addAll(List.of("null", "null"));
        String namespaces =
                filter.namespaces() == null
                        ? null
                        : "{" + String.join(",", filter.namespaces()) + "}";
        addTwice(values, namespaces);
        addTwice(values, filter.type());
        addTwice(values, filter.queue());
        addTwice(values, labels);
        values.add("'{}'");
        values.add("false");
        values.add(quoted(labels));
        values.add("21");
        return database.inTransaction(
                connection -> {
                    try (var planned = connection.createStatement()) {
                        planned.execute(ExecutionListing.PLAN_FOR_PARAMETERS);
                        planned.execute("prepare planned as " + numbered);
                        var plan = new ArrayList<String>();
                        try (var row =
                                planned.executeQuery(
                                        "explain execute planned ("
                                                + String.join(", ", values)
                                                + ")")) {
                            while (row.next()) {
                                plan.add(row.getString(1));
                            }
                        }
                        planned.execute("deallocate planned");
                        return plan;
                    }
                });
    }

    private static void addTwice(List<String> values, @Nullable String value) {
        values.add(quoted(value));
        values.add(quoted(value));
    }

    private static String quoted(@Nullable String value) {
        return value == null ? "null" : "'" + value + "'";
    }
}
