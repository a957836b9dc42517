package io.carillon.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.support.Api;
import io.carillon.support.Rows;
import io.carillon.support.StillReplica;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(StillReplica.class)
class QueueStoreTest {
    @Inject QueueStore store;
    @Inject QueueWatch sampler;
    @Inject QueueCounts counts;
    @Inject QueueTraffic traffic;
    @Inject DataSource dataSource;

    private Rows rows;

    private static final QueueKey A = new QueueKey("default", "a");
    private static final QueueKey B = new QueueKey("default", "b");

    @BeforeEach
    void nothingIsHeld() throws SQLException {
        rows = new Rows(dataSource);
        rows.change("delete from execution");
        rows.change("delete from queue_sample");
        rows.change("delete from queue_ended");
    }

    @Test
    void aQueueOfATransactionThatWasRolledBackIsMadeByTheNext() throws SQLException {
        var name = new QueueKey("default", Api.unique("rolled-back"));
        QuarkusTransaction.begin();
        try (var connection = dataSource.getConnection()) {
            store.ensure(connection, List.of(name));
        }
        QuarkusTransaction.rollback();
        assertThat(store.find(name)).isEmpty();

        ensure(name);

        assertThat(store.find(name)).isPresent();
    }

    @Test
    void anEnsuredQueueKeepsWhatWasSetOfIt() throws SQLException {
        var name = new QueueKey("default", Api.unique("kept"));
        store.declare(name, new Queue.Limits(3, null, null), null);

        ensure(name);
        ensure(name);

        assertThat(store.find(name).orElseThrow().limits().maxConcurrent()).isEqualTo(3);
    }

    @Test
    void executionsAreCountedByStateAndRatesFollowFromTwoCounts() throws SQLException {
        insert("a", "QUEUED", 5, 90);
        insert("a", "RUNNING", 2, 0);
        insert("b", "SCHEDULED", 3, -3600);
        insert("b", "BLOCKED", 1, 0);
        count();
        var first = sampler.latest().orElseThrow();
        assertThat(first.of(A, first.sampledAt()).byState())
                .isEqualTo(Map.of("QUEUED", 5L, "RUNNING", 2L));
        assertThat(first.of(B, first.sampledAt()).byState())
                .isEqualTo(Map.of("SCHEDULED", 3L, "BLOCKED", 1L));
        var statistics = first.of(A, first.sampledAt());
        assertThat(statistics.oldestAge())
                .isBetween(Duration.ofSeconds(89), Duration.ofSeconds(150));
        assertThat(statistics.inPerSecond()).isNull();

        // As if a minute had passed since.
        rows.change("update queue_sample set sampled_at = sampled_at - interval '60 seconds'");
        rows.change(
                "delete from execution where id in (select id from execution where state = 'QUEUED' limit 4)");
        for (int count = 0; count < 60; count++) {
            traffic.ended(A);
        }
        sampler.runOnce();
        count();

        var second = sampler.latest().orElseThrow();
        assertThat(second.ended()).isEqualTo(Map.of(A, 60L));
        assertThat(second.earlier()).containsEntry(A, 7L);
        assertThat(second.between()).isBetween(Duration.ofSeconds(60), Duration.ofSeconds(100));
    }

    @Test
    void whatTookLongIsNotCountedAgainBeforePostgresqlHasRestedTwentyTimesAsLong()
            throws SQLException {
        count();
        rows.change("update queue_sample set took_ms = 60000");
        var first = sampler.latest().orElseThrow();
        insert("a", "QUEUED", 5, 0);

        count();

        assertThat(sampler.latest().orElseThrow().sampledAt()).isEqualTo(first.sampledAt());
        rows.change("update queue_sample set took_ms = 0");
        count();
        assertThat(sampler.latest().orElseThrow().sampledAt()).isAfter(first.sampledAt());
    }

    private void count() {
        counts.run();
        sampler.runOnce();
    }

    private void ensure(QueueKey name) throws SQLException {
        try (var connection = dataSource.getConnection()) {
            store.ensure(connection, List.of(name));
        }
    }

    private void insert(String queue, String state, int count, int secondsAgo) throws SQLException {
        rows.change(
                """
                insert into execution (id, scheduled_at, namespace, type, queue, state, origin, priority, order_key,
                                       run_at, max_attempts, delivery, timeout_ms, worker_id)
                select gen_random_uuid(), clock_timestamp(), 'default', 'noop', ?, ?, 'SUBMIT', 5, 0,
                       clock_timestamp() - ? * interval '1 second', 1, 'AT_LEAST_ONCE', 1000, gen_random_uuid()
                from generate_series(1, ?)
                """,
                queue,
                state,
                secondsAgo,
                count);
    }
}
