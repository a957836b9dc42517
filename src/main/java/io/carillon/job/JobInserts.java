package io.carillon.job;

import io.carillon.execution.RetryPolicy;
import io.carillon.problem.Json;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/** Inserts jobs, any number in one statement. */
@ApplicationScoped
class JobInserts {
    @Language("SQL")
    private static final String INSERT =
            """
            insert into job
                (id, namespace, name, description, schedule, type, config, queue, priority, timeout_ms, max_attempts,
                 retry, delivery, misfire, catch_up_window_ms, catch_up_limit, labels, enabled, version,
                 created_at, updated_at, changed_by, change)
            select n.id, n.namespace, n.name, n.description, n.schedule, n.type, n.config, n.queue, n.priority,
                   n.timeout_ms, n.max_attempts, n.retry, n.delivery, n.misfire, n.catch_up_window_ms,
                   n.catch_up_limit, n.labels, n.enabled, 0, at.instant, at.instant, ?, 'CREATED'
            from unnest(?::uuid[], ?::varchar[], ?::varchar[], ?::varchar[], ?::jsonb[], ?::varchar[], ?::jsonb[],
                        ?::varchar[], ?::smallint[], ?::bigint[], ?::integer[], ?::jsonb[], ?::varchar[],
                        ?::varchar[], ?::bigint[], ?::integer[], ?::jsonb[], ?::boolean[], ?::bigint[])
                     as n (id, namespace, name, description, schedule, type, config, queue, priority, timeout_ms,
                           max_attempts, retry, delivery, misfire, catch_up_window_ms, catch_up_limit, labels,
                           enabled, created_at_millis),
                 lateral (select timestamptz 'epoch' + n.created_at_millis * interval '1 millisecond')
                     as at (instant)
            on conflict (namespace, name) where deleted_at is null do nothing
            returning id
            """;

    private final Json json;

    JobInserts(Json json) {
        this.json = json;
    }

    /** A new job's id and definition, every default filled in. */
    record NewJob(UUID id, JobRequest definition, Instant createdAt) {}

    /** Inserts those whose name is free; returns their ids. */
    Set<UUID> insert(Connection connection, String actor, List<NewJob> jobs) throws SQLException {
        try (var statement = connection.prepareStatement(INSERT)) {
            statement.setString(1, actor);
            var columns = new Columns(connection, statement, jobs);
            columns.add("uuid", NewJob::id);
            columns.add("varchar", job -> job.definition.namespace());
            columns.add("varchar", job -> job.definition.name());
            columns.add("varchar", job -> job.definition.description());
            columns.add("jsonb", job -> text(job.definition.schedule()));
            columns.add("varchar", job -> job.definition.type());
            columns.add("jsonb", job -> text(job.definition.config()));
            columns.add("varchar", job -> job.definition.queue());
            columns.add("int2", job -> job.definition.priority());
            columns.add("int8", job -> millis(job.definition.timeout()));
            columns.add("int4", job -> attempts(job.definition.retry()));
            columns.add("jsonb", job -> text(job.definition.retry()));
            columns.add("varchar", job -> job.definition.delivery());
            columns.add("varchar", job -> job.definition.misfire());
            columns.add("int8", job -> millis(job.definition.catchUpWindow()));
            columns.add("int4", job -> job.definition.catchUpLimit());
            columns.add("jsonb", job -> text(job.definition.labels()));
            columns.add("bool", job -> job.definition.enabled());
            columns.add("int8", job -> job.createdAt.toEpochMilli());
            var inserted = HashSet.<UUID>newHashSet(jobs.size());
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    inserted.add(row.getObject(1, UUID.class));
                }
            }
            return inserted;
        }
    }

    private @Nullable String text(@Nullable Object value) {
        return value == null ? null : json.text(value);
    }

    private static @Nullable Long millis(@Nullable Duration value) {
        return value == null ? null : value.toMillis();
    }

    private static @Nullable Integer attempts(@Nullable RetryPolicy retry) {
        return retry == null ? null : retry.attempts();
    }

    /** One array parameter for each column, after the actor. */
    private static final class Columns {
        private final Connection connection;
        private final PreparedStatement statement;
        private final List<NewJob> jobs;
        private int count = 1;

        private Columns(Connection connection, PreparedStatement statement, List<NewJob> jobs) {
            this.connection = connection;
            this.statement = statement;
            this.jobs = jobs;
        }

        private void add(String type, Function<NewJob, @Nullable Object> value)
                throws SQLException {
            var values =
                    jobs.stream()
                            .map(value)
                            .map(each -> each instanceof Enum<?> name ? name.name() : each)
                            .toArray();
            statement.setArray(++count, connection.createArrayOf(type, values));
        }
    }
}
