package io.carillon.execution.ledger;

import io.carillon.database.BackgroundPool;
import io.carillon.database.Database;
import io.carillon.database.IndexHeads;
import io.carillon.database.SqlArrays;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/** Starts executions: claims the first in the order of their queues for a worker. */
@ApplicationScoped
public class Claims {
    /**
     * Takes the first in order of each queue that may start executions, and of those as many as fit
     * into the free slots; an idle worker also takes one that is larger than the worker. Rows that
     * are locked but not taken are free again at the end of the statement.
     *
     * <p>The rows are found again by an array of their ids. When they were joined to the limited
     * rows, the planner, which cannot know how few these are, read the whole day (94 ms instead of
     * 12 for 500 of 170,000).
     *
     * <p>Nothing is claimed for a worker that has been marked dead; if it is marked meanwhile, its
     * claims are rescued like everything it runs.
     *
     * <p>The first in order may be passed over, if PostgreSQL refuses to change their rows.
     */
    @Language("SQL")
    public static final String CLAIM =
            """
            with claimable as (
                select name, coalesce(head.order_key, -9223372036854775808) as from_key
                from queue left join unnest(?::varchar[], ?::bigint[]) as head (queue, order_key)
                                  on head.queue = queue.name
                where not paused
                  and case when ?::varchar is null then max_concurrent is null and rate_per_second is null
                           else name = ? end
                  and exists (select from worker where id = ? and state = 'RUNNING')),
            first_in_line as (
                select line.* from claimable q cross join lateral (
                    select id, scheduled_at, order_key, weight from execution
                    where queue = q.name and task is null and state = 'QUEUED' and order_key >= q.from_key
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
                    started_at = clock_timestamp()
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

    /** The key in {@link #heads} for the queues without limits, which share one look. */
    private static final String UNLIMITED = "";

    private final Database database;
    private final ClaimRows rows;
    private final TaskClaims tasks;
    private final RowByRow rowByRow;

    /** One for each limited queue, and one for all without limits. */
    private final Map<String, IndexHeads> heads = new ConcurrentHashMap<>();

    /**
     * The result of a claim; {@code isMoreWaiting}: claimable executions were left because there
     * was no room.
     */
    public record Claimed(List<Claim> claims, boolean isMoreWaiting) {
        /**
         * @param found how many a look has found within its limit, taken or not
         */
        static Claimed of(List<Claim> claims, int found, int limit) {
            return new Claimed(claims, found > claims.size() || found >= limit);
        }
    }

    Claims(@BackgroundPool Database database, ClaimRows rows, TaskClaims tasks, RowByRow rowByRow) {
        this.database = database;
        this.rows = rows;
        this.tasks = tasks;
        this.rowByRow = rowByRow;
    }

    /** One look for work. */
    private interface Look {
        Claimed at(int limit, int offset, int slots, boolean isIdle);
    }

    /**
     * Claims what fits into {@code slots} from the queues without limits.
     *
     * @param isIdle whether the worker runs nothing: then an execution larger than its slots may
     *     start
     */
    public Claimed take(Claimant by, int slots, boolean isIdle) {
        return besideRefused(
                slots,
                slots,
                isIdle,
                (limit, offset, left, idle) ->
                        database.with(
                                connection ->
                                        look(connection, by, null, limit, offset, left, idle)));
    }

    /**
     * Takes up to {@code limit} executions in the caller's transaction, which goes on when one of
     * them is refused.
     *
     * @param queue of which; null: of the queues without limits
     */
    public Claimed take(Claimant by, @Nullable String queue, int limit, int slots, boolean isIdle) {
        return besideRefused(
                limit,
                slots,
                isIdle,
                (most, offset, left, idle) ->
                        database.with(
                                connection -> {
                                    var before = connection.setSavepoint();
                                    try {
                                        var taken =
                                                look(
                                                        connection,
                                                        by,
                                                        queue,
                                                        most,
                                                        offset,
                                                        left,
                                                        idle);
                                        connection.releaseSavepoint(before);
                                        return taken;
                                    } catch (Throwable refused) {
                                        connection.rollback(before);
                                        throw refused;
                                    }
                                }));
    }

    /** Claims the others if PostgreSQL refuses some, and leaves these queued. */
    private Claimed besideRefused(int limit, int slots, boolean isIdle, Look look) {
        var claims = new ArrayList<Claim>();
        var isMoreWaiting = new AtomicBoolean();
        rowByRow.take(
                "queued executions",
                limit,
                (most, offset) -> {
                    int left = slots - slots(claims);
                    if (left <= 0) {
                        return 0;
                    }
                    var taken = look.at(most, offset, left, isIdle && claims.isEmpty());
                    claims.addAll(taken.claims);
                    isMoreWaiting.set(taken.isMoreWaiting);
                    return taken.claims.size();
                });
        return new Claimed(claims, isMoreWaiting.get());
    }

    /** Returns the slots that these take together. */
    public static int slots(Collection<Claim> claims) {
        return claims.stream().mapToInt(Claim::weight).sum();
    }

    private Claimed look(
            Connection connection,
            Claimant by,
            @Nullable String queue,
            int limit,
            int offset,
            int slots,
            boolean isIdle)
            throws SQLException {
        return switch (by) {
            case Claimant.Pool pool -> look(connection, pool, queue, limit, offset, slots, isIdle);
            case Claimant.Remote remote ->
                    tasks.look(connection, remote, queue, limit, offset, slots, isIdle);
        };
    }

    private Claimed look(
            Connection connection,
            Claimant.Pool pool,
            @Nullable String queue,
            int limit,
            int offset,
            int slots,
            boolean isIdle)
            throws SQLException {
        var indexHeads =
                heads.computeIfAbsent(queue == null ? UNLIMITED : queue, key -> new IndexHeads());
        long sentNanos = System.nanoTime();
        // The rows passed over are the first of all.
        var from = offset == 0 ? indexHeads.from(sentNanos) : Map.<String, Long>of();
        var claims = new ArrayList<Claim>();
        var lastTaken = new HashMap<String, Long>();
        int found = 0;
        Duration look = null;
        try (var statement = connection.prepareStatement(CLAIM)) {
            statement.setArray(1, connection.createArrayOf("varchar", from.keySet().toArray()));
            statement.setArray(
                    2,
                    SqlArrays.longs(
                            connection,
                            from.values().stream().mapToLong(Long::longValue).toArray()));
            statement.setString(3, queue);
            statement.setString(4, queue);
            statement.setObject(5, pool.workerId());
            statement.setInt(6, limit + offset);
            statement.setInt(7, offset);
            statement.setInt(8, slots);
            statement.setBoolean(9, isIdle);
            statement.setInt(10, limit);
            statement.setObject(11, pool.workerId());
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    found = row.getInt("found") - offset;
                    if (row.getObject("id") != null) {
                        look = Duration.of(row.getLong("look_us"), ChronoUnit.MICROS);
                        claims.add(rows.claimOf(row));
                        lastTaken.merge(
                                row.getString("queue"), row.getLong("order_key"), Math::max);
                    }
                }
            }
        }
        if (offset == 0) {
            long nowNanos = System.nanoTime();
            indexHeads.looked(
                    from.isEmpty(),
                    look == null ? Duration.ofNanos(nowNanos - sentNanos) : look,
                    found,
                    lastTaken,
                    nowNanos);
        }
        return Claimed.of(rows.complete(connection, claims), found, limit);
    }
}
