package io.carillon.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.support.Rows;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** Queues that namespaces have shared become one for each of them (V32). */
@QuarkusTest
@TestProfile(StillReplica.class)
class QueueMigrationTest {
    @Inject DataSource dataSource;

    private Rows service;
    private Rows rows;
    private PGSimpleDataSource old;

    @BeforeEach
    void aDatabaseOfTheVersionBefore() throws SQLException {
        service = new Rows(dataSource);
        service.change("drop database if exists before_v32");
        service.change("create database before_v32");
        old = new PGSimpleDataSource();
        try (var connection = dataSource.getConnection()) {
            old.setUrl(connection.getMetaData().getURL().replace("/postgres?", "/before_v32?"));
        }
        old.setUser("postgres");
        rows = new Rows(old);
        migrate("31");
    }

    @AfterEach
    void drop() throws SQLException {
        service.change("drop database before_v32 with (force)");
    }

    @Test
    void eachNamespaceThatUsesAQueueGetsOneWithTheSameLimits() throws SQLException {
        rows.change(
                "insert into queue (name, max_concurrent, rate_per_second, max_depth, paused, pause_note)"
                        + " values ('shared', 3, 2.5, 9, true, 'counted'), ('unused', 4, null, null, false, null)");
        rows.change(
                "insert into job (id, namespace, name, type, config, queue, priority, timeout_ms, max_attempts,"
                        + " retry, delivery, misfire, catch_up_window_ms, catch_up_limit, labels, enabled, version,"
                        + " created_at, updated_at, changed_by, change)"
                        + " values (gen_random_uuid(), 'billing', 'bill', 'noop', '{}', 'shared', 5, 1000, 1, '{}',"
                        + " 'AT_LEAST_ONCE', 'SKIP', 1000, 1, '{}', true, 0, now(), now(), 'test', 'CREATED')");
        rows.change(
                "insert into execution (id, scheduled_at, namespace, type, queue, state, origin, priority,"
                        + " order_key, run_at, max_attempts, delivery, timeout_ms, finished_at)"
                        + " values (gen_random_uuid(), now(), 'sales', 'noop', 'shared', 'SUCCEEDED', 'SUBMIT', 5,"
                        + " 0, now(), 1, 'AT_LEAST_ONCE', 1000, now())");

        migrate("32");

        assertThat(
                        rows.texts(
                                "select namespace, name, max_concurrent, rate_per_second, max_depth, paused, pause_note"
                                        + " from queue order by namespace, name"))
                .containsExactly(
                        "billing shared 3 2.5 9 t counted",
                        "default default null null null f null",
                        "default shared 3 2.5 9 t counted",
                        "default unused 4 null null f null",
                        "sales shared 3 2.5 9 t counted");
    }

    private void migrate(String version) {
        Flyway.configure().dataSource(old).target(version).load().migrate();
    }
}
