package io.carillon.execution.ledger;

import io.carillon.database.IndexHeads;
import io.carillon.database.SqlArrays;
import io.carillon.database.SqlParameters;
import io.carillon.queue.QueueKey;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Starts executions for the pools inside replicas; a part of {@link Claims}. A look considers only
 * {@link #QUEUES} of the queues that hold work, and the next one goes on behind them, so that it
 * costs no more the more namespaces there are. Of what it finds, the namespaces of which the worker
 * runs the fewest executions come first.
 */
@ApplicationScoped
public class PoolClaims {
    /** How many queues that hold work a look considers. */
    static final int QUEUES = 16;

    /**
     * Up to so many queues are all considered, whether they hold work or not: that is cheaper than
     * to look for those that do.
     */
    private static final int FEW = 4;

    /** Comes before every queue. */
    static final QueueKey START = new QueueKey("", "");

    /**
     * Finds the next queues that hold work; each step passes over all that the queue before it
     * holds, in the index (a loose index scan).
     */
    @Language("SQL")
    private static final String NEXT_QUEUES =
            """
            with recursive considered as (
                (select namespace, queue, '-9223372036854775808'::bigint as from_key, 1 as nth from execution
                 where state = 'QUEUED' and task is null and (namespace, queue) > (?, ?)
                 order by namespace, queue
                 limit 1)
                union all
                select next.namespace, next.queue, from_key, nth + 1
                from considered before cross join lateral (
                    select namespace, queue from execution e
                    where state = 'QUEUED' and task is null and (e.namespace, e.queue) > (before.namespace, before.queue)
                    order by namespace, queue
                    limit 1) as next
                where nth < ?),
            """;

    @Language("SQL")
    private static final String ALL_QUEUES =
            """
            with considered as (
                select namespace, name as queue, '-9223372036854775808'::bigint as from_key, 1 as nth
                from queue
                limit ?),
            """;

    @Language("SQL")
    private static final String GIVEN_QUEUES =
            """
            with considered as (
                select *, 1 as nth from unnest(?::varchar[], ?::varchar[], ?::bigint[]) as given (namespace, queue, from_key)),
            """;

    /**
     * Takes the first in order of each queue that may start executions, and of those as many as fit
     * into the free slots; an idle worker also takes one that is larger than the worker. Within a
     * namespace one order holds over its queues. Rows that are locked but not taken are free again
     * at the end of the statement.
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
    private static final String TAKE =
            """
            unpaused as (
                select c.*, q.max_concurrent is not null or q.rate_per_second is not null
                            or exists (select from namespace n
                                       where n.name = c.namespace and n.max_concurrent is not null) as is_limited
                from considered c join queue q on q.namespace = c.namespace and q.name = c.queue
                where not q.paused),
            claimable as (
                select q.namespace, q.queue, q.from_key, coalesce(busy.running, 0) as running
                from unpaused q left join unnest(?::varchar[], ?::bigint[]) as busy (namespace, running)
                                       on busy.namespace = q.namespace
                where is_limited = ? and exists (select from worker where id = ? and state = 'RUNNING')),
            first_in_line as (
                select q.namespace, q.queue, q.running, line.* from claimable q cross join lateral (
                    select id, scheduled_at, order_key, weight from execution
                    where namespace = q.namespace and queue = q.queue and task is null and state = 'QUEUED'
                      and order_key >= q.from_key
                      and (start_deadline_at is null or attempt > 0 or start_deadline_at > statement_timestamp())
                    order by order_key
                    limit ?
                    for no key update skip locked) line),
            by_turn as (
                select *, running + row_number() over (partition by namespace order by order_key, id) as turn
                from first_in_line),
            beside_refused as (
                select * from by_turn order by turn, order_key, id offset ?),
            in_order as (
                select *, sum(weight) over (order by turn, order_key, id) as slots from beside_refused),
            fitting as (
                select id, scheduled_at, clock_timestamp() as found_at
                from in_order where slots <= ? or ? and slots = weight
                order by turn, order_key, id limit ?),
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
                   (select array_agg(namespace || ' ' || queue order by nth) from considered) as considered,
                   (select array_agg(namespace || ' ' || queue) from unpaused where is_limited) as limited,
                   (select (extract(epoch from min(found_at) - statement_timestamp()) * 1000000)::bigint
                    from fitting) as look_us,
                   claimed.*
            from (values (1)) as one left join claimed on true
            """;

    /** Claims from the next queues that hold work. */
    @Language("SQL")
    public static final String CLAIM_NEXT = NEXT_QUEUES + TAKE;

    /** Claims from all queues, if they are few. */
    @Language("SQL")
    public static final String CLAIM_ALL = ALL_QUEUES + TAKE;

    /** Claims from certain queues, each from a place in its order. */
    @Language("SQL")
    public static final String CLAIM_FROM = GIVEN_QUEUES + TAKE;

    private final ClaimRows rows;

    private final IndexHeads<QueueKey> heads = new IndexHeads<>();
    private final Map<QueueKey, IndexHeads<QueueKey>> headsOfLimited = new ConcurrentHashMap<>();

    /**
     * How many namespaces the last look has met: each has an equal share of what the next one reads
     * and locks.
     */
    private volatile int namespaces = 1;

    /** Whether there are only {@link #FEW} queues, as far as is known; queues are never deleted. */
    private volatile boolean areFew = true;

    /** The limited queues that the last looks at the whole have found to hold work. */
    private volatile Set<QueueKey> limitedBefore = Set.of();

    PoolClaims(ClaimRows rows) {
        this.rows = rows;
    }

    /**
     * What to claim.
     *
     * @param offset how many rows to pass over, because PostgreSQL refuses them
     */
    record Room(int limit, int offset, int slots, boolean isIdle) {}

    /**
     * The result of a look.
     *
     * @param behind where the next look begins; {@link #START} if no queue is left
     * @param limited the limited queues that may hold work
     */
    record Look(Claims.Claimed claimed, QueueKey behind, Set<QueueKey> limited) {}

    private record Found(
            List<Claim> claims,
            int rows,
            int share,
            List<QueueKey> considered,
            Set<QueueKey> limited,
            Map<QueueKey, Long> lastTaken,
            @Nullable Duration took) {}

    /**
     * Claims from queues without limits.
     *
     * @param after the queue behind which to begin
     */
    Look next(Connection connection, Claimant.Pool pool, QueueKey after, Room room)
            throws SQLException {
        long sentNanos = System.nanoTime();
        // The rows passed over are the first of all.
        var from =
                room.offset == 0 ? behind(after, heads.from(sentNanos)) : Map.<QueueKey, Long>of();
        boolean isWhole = from.isEmpty();
        boolean isOfAll = isWhole && areFew;
        Found found =
                isOfAll
                        ? takeFromAll(connection, pool, room)
                        : isWhole
                                ? takeFromNext(connection, pool, after, room)
                                : take(connection, pool, from, false, room);
        learn(heads, isWhole, room, found, sentNanos);
        boolean areMore = isOfAll && found.considered.size() > FEW;
        if (areMore) {
            areFew = false;
            if (found.claims.isEmpty()) {
                return next(connection, pool, after, room);
            }
        }
        limitedBefore = isWhole ? found.limited : limitedBefore;
        namespaces =
                Math.max(
                        1,
                        (int)
                                found.considered.stream()
                                        .map(QueueKey::namespace)
                                        .distinct()
                                        .count());
        boolean isEnd = areFew || found.considered.size() < QUEUES;
        return new Look(
                claimed(connection, found, room, areMore),
                isEnd ? START : found.considered.getLast(),
                limitedBefore);
    }

    private Found takeFromAll(Connection connection, Claimant.Pool pool, Room room)
            throws SQLException {
        try (var statement = connection.prepareStatement(CLAIM_ALL)) {
            var parameters = new SqlParameters(statement);
            statement.setInt(parameters.next(), FEW + 1);
            return take(statement, parameters, pool, false, room);
        }
    }

    private Found takeFromNext(Connection connection, Claimant.Pool pool, QueueKey after, Room room)
            throws SQLException {
        try (var statement = connection.prepareStatement(CLAIM_NEXT)) {
            var parameters = new SqlParameters(statement);
            statement.setString(parameters.next(), after.namespace());
            statement.setString(parameters.next(), after.name());
            statement.setInt(parameters.next(), QUEUES);
            return take(statement, parameters, pool, false, room);
        }
    }

    /** Claims from one limited queue, whose row is locked. */
    Claims.Claimed limited(Connection connection, Claimant.Pool pool, QueueKey queue, Room room)
            throws SQLException {
        var headOf = headsOfLimited.computeIfAbsent(queue, key -> new IndexHeads<>());
        long sentNanos = System.nanoTime();
        var from = room.offset == 0 ? headOf.from(sentNanos) : Map.<QueueKey, Long>of();
        var found =
                take(
                        connection,
                        pool,
                        Map.of(queue, from.getOrDefault(queue, Long.MIN_VALUE)),
                        true,
                        room);
        learn(headOf, from.isEmpty(), room, found, sentNanos);
        return claimed(connection, found, room, false);
    }

    private Claims.Claimed claimed(Connection connection, Found found, Room room, boolean areMore)
            throws SQLException {
        boolean isMoreWaiting =
                areMore
                        || found.rows > found.claims.size()
                        || found.rows >= Math.min(found.share, room.limit);
        return new Claims.Claimed(rows.complete(connection, found.claims), isMoreWaiting);
    }

    /** Returns the heads of the next queues. */
    private static Map<QueueKey, Long> behind(QueueKey after, Map<QueueKey, Long> heads) {
        var next = new TreeMap<QueueKey, Long>();
        for (var head : new TreeMap<>(heads).tailMap(after, false).entrySet()) {
            if (next.size() < QUEUES) {
                next.put(head.getKey(), head.getValue());
            }
        }
        return next;
    }

    private static void learn(
            IndexHeads<QueueKey> heads, boolean isWhole, Room room, Found found, long sentNanos) {
        if (room.offset == 0) {
            long nowNanos = System.nanoTime();
            var took = found.took == null ? Duration.ofNanos(nowNanos - sentNanos) : found.took;
            heads.looked(isWhole, took, found.rows, found.lastTaken, nowNanos);
        }
    }

    private Found take(
            Connection connection,
            Claimant.Pool pool,
            Map<QueueKey, Long> from,
            boolean isLimited,
            Room room)
            throws SQLException {
        try (var statement = connection.prepareStatement(CLAIM_FROM)) {
            var queues = List.copyOf(from.keySet());
            QueueKey.set(statement, 1, queues);
            statement.setArray(
                    3, SqlArrays.longs(connection, queues.stream().mapToLong(from::get).toArray()));
            return take(statement, new SqlParameters(statement, 3), pool, isLimited, room);
        }
    }

    private Found take(
            PreparedStatement statement,
            SqlParameters parameters,
            Claimant.Pool pool,
            boolean isLimited,
            Room room)
            throws SQLException {
        var connection = statement.getConnection();
        var busy = List.copyOf(pool.running().keySet());
        int share = Math.ceilDiv(room.limit + room.offset, isLimited ? 1 : namespaces);
        var running = busy.stream().mapToLong(pool.running()::get).toArray();
        statement.setArray(parameters.next(), connection.createArrayOf("varchar", busy.toArray()));
        statement.setArray(parameters.next(), SqlArrays.longs(connection, running));
        statement.setBoolean(parameters.next(), isLimited);
        statement.setObject(parameters.next(), pool.workerId());
        statement.setInt(parameters.next(), share);
        statement.setInt(parameters.next(), room.offset);
        statement.setInt(parameters.next(), room.slots);
        statement.setBoolean(parameters.next(), room.isIdle);
        statement.setInt(parameters.next(), room.limit);
        statement.setObject(parameters.next(), pool.workerId());
        var claims = new ArrayList<Claim>();
        var lastTaken = new HashMap<QueueKey, Long>();
        try (var row = statement.executeQuery()) {
            row.next();
            int found = row.getInt("found") - room.offset;
            var considered = queues(row.getArray("considered"));
            var limited = new LinkedHashSet<>(queues(row.getArray("limited")));
            Duration took = null;
            if (row.getObject("id") != null) {
                took = Duration.of(row.getLong("look_us"), ChronoUnit.MICROS);
                do {
                    var claim = rows.claimOf(row);
                    claims.add(claim);
                    lastTaken.merge(claim.queueKey(), row.getLong("order_key"), Math::max);
                } while (row.next());
            }
            return new Found(claims, found, share, considered, limited, lastTaken, took);
        }
    }

    /** Reads queues as namespace and name with a space between, which neither contains. */
    private static List<QueueKey> queues(@Nullable Array array) throws SQLException {
        if (array == null) {
            return List.of();
        }
        return Arrays.stream((String[]) array.getArray())
                .map(each -> each.split(" ", 2))
                .map(each -> new QueueKey(each[0], each[1]))
                .toList();
    }
}
