package io.carillon.execution.ledger;

import io.carillon.database.SqlParameters;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/** Starts executions for remote workers; a part of {@link Claims}. */
@ApplicationScoped
public class TaskClaims {
    /**
     * Like {@link ClaimStatements#IN_ORDER}, for some tasks of one namespace. Each task has its own
     * place in an index, so a claim for a task without queued executions reads nothing.
     */
    @Language("SQL")
    public static final String CLAIM =
            """
            with claimable as (
                select namespace, name from queue q
                where namespace = ? and not paused and (cardinality(?::varchar[]) = 0 or name = any (?))
                  and case when ?::varchar is null
                           then max_concurrent is null and rate_per_second is null
                                and not exists (select from namespace n
                                                where n.name = q.namespace and n.max_concurrent is not null)
                           else name = ? end
                  and exists (select from worker where id = ? and state = 'RUNNING')),
            first_in_line as (
                select line.* from claimable q cross join unnest(?::varchar[]) as wanted (task) cross join lateral (
                    select id, scheduled_at, order_key, weight from execution
                    where queue = q.name and namespace = q.namespace and task = wanted.task and state = 'QUEUED'
                      and (start_deadline_at is null or attempt > 0 or start_deadline_at > statement_timestamp())
                    order by order_key
                    limit ?
                    for no key update skip locked) line),
            beside_refused as (
                select * from first_in_line order by order_key, id offset ?),
            in_order as (
                select *, sum(weight) over (order by order_key, id) as slots from beside_refused),
            fitting as (
                select id, scheduled_at, clock_timestamp() as found_at
                from in_order where slots <= ? or ? and slots = weight
                order by order_key, id limit ?),
            claimed as (
                update execution e
                set state = 'RUNNING', worker_id = ?, epoch = e.epoch + 1, attempt = e.attempt + 1,
                    started_at = clock_timestamp(), progress = null
                where e.id = any (array(select id from fitting))
                  and e.scheduled_at >= (select min(scheduled_at) from fitting)
                  and e.scheduled_at <= (select max(scheduled_at) from fitting)
                returning e.id, e.scheduled_at, coalesce(e.planned_at, e.scheduled_at) as planned_at, e.epoch, e.job_id,
                          (select j.version from job j where j.id = e.job_id) as job_version, e.namespace, e.type,
                          e.queue, e.task, e.order_key, e.attempt, e.max_attempts, e.delivery, e.timeout_ms, e.weight,
                          e.config, e.retry,
                          case when isfinite(e.run_at)
                               then (extract(epoch from e.started_at - e.run_at) * 1000)::bigint
                               else 0 end as start_delay_ms)
            select (select count(*) from first_in_line) as found,
                   (select (extract(epoch from min(found_at) - statement_timestamp()) * 1000000)::bigint
                    from fitting) as look_us,
                   claimed.*
            from (values (1)) as one left join claimed on true
            """;

    private final ClaimRows rows;

    TaskClaims(ClaimRows rows) {
        this.rows = rows;
    }

    /**
     * One look for work, in the caller's transaction.
     *
     * @param queue a limited one; null: those without limits
     */
    Claims.Claimed look(
            Connection connection,
            Claimant.Remote remote,
            @Nullable String queue,
            PoolClaims.Room room)
            throws SQLException {
        var claims = new ArrayList<Claim>();
        int found = 0;
        try (var statement = connection.prepareStatement(CLAIM)) {
            var parameters = new SqlParameters(statement);
            statement.setString(parameters.next(), remote.namespace());
            parameters.twice(remote.queues());
            parameters.twice(queue, Types.VARCHAR);
            statement.setObject(parameters.next(), remote.workerId());
            statement.setArray(
                    parameters.next(),
                    connection.createArrayOf("varchar", remote.tasks().toArray()));
            statement.setInt(parameters.next(), room.limit() + room.offset());
            statement.setInt(parameters.next(), room.offset());
            statement.setInt(parameters.next(), room.slots());
            statement.setBoolean(parameters.next(), room.isIdle());
            statement.setInt(parameters.next(), room.limit());
            statement.setObject(parameters.next(), remote.workerId());
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    found = row.getInt("found") - room.offset();
                    if (row.getObject("id") != null) {
                        claims.add(rows.claimOf(row));
                    }
                }
            }
        }
        return new Claims.Claimed(
                rows.complete(connection, claims), found > claims.size() || found >= room.limit());
    }
}
