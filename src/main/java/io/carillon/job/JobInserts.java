package io.carillon.job;

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
import org.intellij.lang.annotations.Language;

/** Inserts jobs, any number in one statement. */
@ApplicationScoped
class JobInserts {
    @Language("SQL")
    private static final String INSERT =
            """
            insert into job
                (id, namespace, name, description, schedule, type, config, queue, priority, timeout_ms, max_attempts,
                 retry, delivery, overlap, weight, start_deadline_ms, after_job_id, after_on, misfire,
                 catch_up_window_ms, catch_up_limit, labels, enabled, version, created_at, updated_at,
                 changed_by, change)
            select n.id, n.namespace, n.name, n.description, n.schedule, n.type, n.config, n.queue, n.priority,
                   n.timeout_ms, n.max_attempts, n.retry, n.delivery, n.overlap, n.weight, n.start_deadline_ms,
                   n.after_job_id, n.after_on, n.misfire, n.catch_up_window_ms, n.catch_up_limit, n.labels, n.enabled, 0,
                   at.instant, at.instant, ?, 'CREATED'
            from unnest(?::uuid[], ?::varchar[], ?::varchar[], ?::varchar[], ?::jsonb[], ?::varchar[], ?::jsonb[],
                        ?::varchar[], ?::smallint[], ?::bigint[], ?::integer[], ?::jsonb[], ?::varchar[],
                        ?::varchar[], ?::smallint[], ?::bigint[], ?::uuid[], ?::varchar[],
                        ?::varchar[], ?::bigint[], ?::integer[], ?::jsonb[], ?::boolean[], ?::bigint[])
                     as n (id, namespace, name, description, schedule, type, config, queue, priority, timeout_ms,
                           max_attempts, retry, delivery, overlap, weight, start_deadline_ms, after_job_id,
                           after_on, misfire, catch_up_window_ms, catch_up_limit, labels,
                           enabled, created_at_millis),
                 lateral (select timestamptz 'epoch' + n.created_at_millis * interval '1 millisecond')
                     as at (instant)
            on conflict (namespace, name) where deleted_at is null do nothing
            returning id
            """;

    static final long FIRST_VERSION = 0;

    private final JobMapping stored;

    JobInserts(JobMapping stored) {
        this.stored = stored;
    }

    /** A new job's id and definition, every default filled in. */
    public record NewJob(UUID id, JobDefinition definition, Instant createdAt) {}

    /** Inserts the jobs whose name is free; returns their ids. */
    Set<UUID> insert(Connection connection, String actor, List<NewJob> jobs) throws SQLException {
        try (var statement = connection.prepareStatement(INSERT)) {
            statement.setString(1, actor);
            new ArrayParameters<>(statement, 2, jobs.stream().map(stored::rowOf).toList())
                    .add("uuid", job -> job.id)
                    .texts(job -> job.namespace)
                    .texts(job -> job.name)
                    .texts(job -> job.description)
                    .add("jsonb", job -> job.schedule)
                    .texts(job -> job.type)
                    .add("jsonb", job -> job.config)
                    .texts(job -> job.queue)
                    .add("int2", job -> job.priority)
                    .add("int8", job -> job.timeoutMillis)
                    .add("int4", job -> job.maxAttempts)
                    .add("jsonb", job -> job.retry)
                    .add("varchar", job -> job.delivery)
                    .add("varchar", job -> job.overlap)
                    .add("int2", job -> job.weight)
                    .add("int8", job -> job.startDeadlineMillis)
                    .add("uuid", job -> job.afterJobId)
                    .add("varchar", job -> job.afterOn)
                    .add("varchar", job -> job.misfire)
                    .add("int8", job -> job.catchUpWindowMillis)
                    .add("int4", job -> job.catchUpLimit)
                    .add("jsonb", job -> job.labels)
                    .add("bool", job -> job.enabled)
                    .longs(job -> job.createdAt.toEpochMilli());
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
