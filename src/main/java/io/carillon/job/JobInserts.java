package io.carillon.job;

import static java.util.stream.Collectors.joining;

import io.carillon.database.ArrayParameters;
import io.carillon.definition.JobDefinition;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Inserts jobs, any number in one statement. */
@ApplicationScoped
class JobInserts {
    static final long FIRST_VERSION = 0;

    /** The columns that a new job's definition fills; the others are the same for all new jobs. */
    private static final List<Column> COLUMNS =
            List.of(
                    new Column("id", "uuid", job -> job.id),
                    new Column("namespace", "varchar", job -> job.namespace),
                    new Column("name", "varchar", job -> job.name),
                    new Column("description", "varchar", job -> job.description),
                    new Column("schedule", "jsonb", job -> job.schedule),
                    new Column("type", "varchar", job -> job.type),
                    new Column("config", "jsonb", job -> job.config),
                    new Column("queue", "varchar", job -> job.queue),
                    new Column("priority", "int2", job -> job.priority),
                    new Column("timeout_ms", "int8", job -> job.timeoutMillis),
                    new Column("max_attempts", "int4", job -> job.maxAttempts),
                    new Column("retry", "jsonb", job -> job.retry),
                    new Column("delivery", "varchar", job -> job.delivery),
                    new Column("overlap", "varchar", job -> job.overlap),
                    new Column("weight", "int2", job -> job.weight),
                    new Column("start_deadline_ms", "int8", job -> job.startDeadlineMillis),
                    new Column("after_job_id", "uuid", job -> job.afterJobId),
                    new Column("after_on", "varchar", job -> job.afterOn),
                    new Column("misfire", "varchar", job -> job.misfire),
                    new Column("catch_up_window_ms", "int8", job -> job.catchUpWindowMillis),
                    new Column("catch_up_limit", "int4", job -> job.catchUpLimit),
                    new Column("labels", "jsonb", job -> job.labels),
                    new Column("enabled", "bool", job -> job.enabled));

    private static final String INSERT =
            """
            insert into job (%1$s, version, created_at, updated_at, changed_by, change)
            select %2$s, 0, at.instant, at.instant, ?, 'CREATED'
            from unnest(%3$s, ?::bigint[]) as n (%1$s, created_at_millis),
                 lateral (select timestamptz 'epoch' + n.created_at_millis * interval '1 millisecond')
                     as at (instant)
            on conflict (namespace, name) where deleted_at is null do nothing
            returning id
            """
                    .formatted(
                            each(Column::name),
                            each(column -> "n." + column.name),
                            each(column -> "?::" + column.type + "[]"));

    private final JobMapping stored;

    /**
     * A column of the table.
     *
     * @param type PostgreSQL's name of it
     */
    private record Column(String name, String type, Function<Job, @Nullable Object> value) {}

    /** A new job's id and definition, every default filled in. */
    public record NewJob(UUID id, JobDefinition definition, Instant createdAt) {}

    JobInserts(JobMapping stored) {
        this.stored = stored;
    }

    private static String each(Function<Column, String> text) {
        return COLUMNS.stream().map(text).collect(joining(", "));
    }

    /** Inserts the jobs whose name is free; returns their ids. */
    Set<UUID> insert(Connection connection, String actor, List<NewJob> jobs) throws SQLException {
        try (var statement = connection.prepareStatement(INSERT)) {
            statement.setString(1, actor);
            var parameters =
                    new ArrayParameters<>(statement, 2, jobs.stream().map(stored::rowOf).toList());
            for (var column : COLUMNS) {
                parameters.add(column.type, column.value);
            }
            parameters.longs(job -> job.createdAt.toEpochMilli());
            var inserted = HashSet.<UUID>newHashSet(jobs.size());
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    inserted.add(row.getObject(1, UUID.class));
                }
            }
            return inserted;
        }
    }
}
