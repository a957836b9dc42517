package io.carillon.execution.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carillon.execution.Engine;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The indexes of a day that is not over yet, which end at an hour. Just after midnight that day is
 * yesterday, whose last executions may still end.
 */
@QuarkusTest
@TestProfile(StillReplica.class)
class OpenDayIndexesTest {
    /** The day whose last full hour is over, in UTC. */
    private static final String OPEN_DAY =
            "(date_trunc('hour', (now() - interval '10 minutes') at time zone 'UTC') - interval '1 second')::date";

    private static final String OF_OPEN_DAY =
            """
            from pg_index made join pg_class index on index.oid = made.indexrelid
            where index.relname ~ ('^execution_' || to_char(%s, 'YYYYMMDD')
                                   || '_(terms|labels|job_state)_\\d{2}$')
            """
                    .formatted(OPEN_DAY);

    @Inject Engine engine;
    @Inject DayIndexes indexes;
    @Inject ExecutionListing listing;

    /** One of five thousand is of another type. They are of the first seconds of the day. */
    @BeforeEach
    void aMorning() throws SQLException {
        assumeTrue(
                engine.rows.number(
                                "select count(*) where %s >= ((now() - interval '1 hour') at time zone 'UTC')::date"
                                        .formatted(OPEN_DAY))
                        > 0,
                "from 01:00 to 01:10 yesterday is over and no hour of today has an index");
        engine.rows.change("select execution_make_partition(%s)".formatted(OPEN_DAY));
        engine.clear();
        insert(5_000, "'SUCCEEDED'", "at");
    }

    @AfterEach
    void dropTheIndexes() throws SQLException {
        for (var index : ofOpenDay()) {
            engine.rows.change("drop index " + index);
        }
    }

    @Test
    void whatFewExecutionsOfTheDayHaveIsFoundByAnIndex() throws SQLException {
        indexes.make(0);

        assertThat(ofOpenDay()).hasSize(3);
        long scans = scansOfTerms();
        assertThat(listing.page(rare(), null, 10)).hasSize(1);
        assertThat(scansOfTerms()).isGreaterThan(scans);
    }

    @Test
    void anIndexUpToALaterHourReplacesThatOfAnEarlierOne() throws SQLException {
        indexes.make(0);
        for (var index : ofOpenDay()) {
            engine.rows.change(
                    "alter index %s rename to %s00"
                            .formatted(index, index.substring(0, index.length() - 2)));
        }

        assertThat(indexes.make(0)).isEqualTo(3);

        assertThat(ofOpenDay()).hasSize(3).noneMatch(index -> index.endsWith("_00"));
        assertThat(indexes.make(0)).isZero();
    }

    @Test
    void aDayWithFewExecutionsIsReadAsItIs() throws SQLException {
        indexes.make();

        assertThat(ofOpenDay()).isEmpty();
    }

    @Test
    void executionsThatMayStillChangeWriteNoIndex() throws SQLException {
        insert(1_001, "'QUEUED'", "null");

        indexes.make(0);

        assertThat(ofOpenDay()).isEmpty();
    }

    private void insert(int count, String state, String finishedAt) throws SQLException {
        engine.rows.change(
                """
                insert into execution (id, scheduled_at, namespace, type, queue, state, origin, priority, order_key,
                                       run_at, max_attempts, delivery, timeout_ms, finished_at)
                select overlay(gen_random_uuid()::text placing left(hex, 8) || '-' || right(hex, 4) || '-7'
                               from 1 for 15)::uuid,
                       at, 'default', case when n = 77 then 'rare' else 'noop' end, 'default', %s, 'SUBMIT', 5, 0, at,
                       1, 'AT_LEAST_ONCE', 1, %s
                from (select n, midnight + n * interval '1 millisecond' as at,
                             lpad(to_hex(((extract(epoch from midnight) * 1000 + n))::bigint), 12, '0') as hex
                      from generate_series(1, %d) as n,
                           (select %s::timestamp at time zone 'UTC') as day (midnight)) as made
                """
                        .formatted(state, finishedAt, count, OPEN_DAY));
    }

    private List<String> ofOpenDay() throws SQLException {
        return engine.rows.texts("select index.relname " + OF_OPEN_DAY);
    }

    private long scansOfTerms() throws SQLException {
        engine.rows.texts("select pg_stat_force_next_flush()::text");
        return engine.rows.number(
                "select coalesce(sum(pg_stat_get_numscans(index.oid)), 0) "
                        + OF_OPEN_DAY
                        + " and index.relname ~ '_terms_'");
    }

    private static ExecutionFilter rare() {
        @Nullable Set<String> anyNamespace = null;
        return new ExecutionFilter(null, null, anyNamespace, "rare", null, null, null, Map.of());
    }
}
