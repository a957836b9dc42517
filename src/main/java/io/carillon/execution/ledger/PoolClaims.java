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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Starts executions for the pools inside replicas; a part of {@link Claims}. A look considers only
 * {@link #QUEUES} of the queues that hold work, and the next one goes on behind them, so that it
 * costs no more the more namespaces there are. Of what it finds, the namespaces of which the worker
 * runs the fewest executions come first.
 */
@ApplicationScoped
class PoolClaims {
    /** How many queues that hold work a look considers. */
    static final int QUEUES = 16;

    /** Comes before every queue. */
    static final QueueKey START = new QueueKey("", "");

    /** Up to so many queues of one namespace are claimed from in order, and not in turn. */
    private static final int FEW = 4;

    private final ClaimRows rows;

    private final IndexHeads<QueueKey> heads = new IndexHeads<>();
    private final Map<QueueKey, IndexHeads<QueueKey>> headsOfLimited = new ConcurrentHashMap<>();

    /**
     * How many namespaces the last look has met: each has an equal share of what the next one reads
     * and locks.
     */
    private volatile int namespaces = 1;

    /** Whether the queues are few and of one namespace, as far as is known; none is deleted. */
    private volatile boolean areSimple = true;

    /** The limited queues that the last looks at the whole have found to hold work. */
    private volatile Set<QueueKey> limitedBefore = Set.of();

    PoolClaims(ClaimRows rows) {
        this.rows = rows;
    }

    /**
     * Limits what a look may claim.
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
        boolean isInOrder = isWhole && areSimple;
        Found found =
                isInOrder
                        ? takeInOrder(connection, pool, room)
                        : isWhole
                                ? takeFromNext(connection, pool, after, room)
                                : take(connection, pool, from, false, room);
        var namespacesMet =
                found.considered.stream().map(QueueKey::namespace).collect(Collectors.toSet());
        if (isInOrder && !found.considered.isEmpty()) {
            areSimple = false;
            return next(connection, pool, after, room);
        }
        learn(heads, isWhole, room, found, sentNanos);
        limitedBefore = isWhole ? found.limited : limitedBefore;
        namespaces = Math.max(1, namespacesMet.size());
        return new Look(
                claimed(connection, found, room),
                found.considered.size() < QUEUES ? START : found.considered.getLast(),
                limitedBefore);
    }

    private Found takeInOrder(Connection connection, Claimant.Pool pool, Room room)
            throws SQLException {
        try (var statement = connection.prepareStatement(ClaimStatements.IN_ORDER)) {
            var parameters = new SqlParameters(statement);
            statement.setInt(parameters.next(), FEW + 1);
            statement.setInt(parameters.next(), FEW);
            statement.setObject(parameters.next(), pool.workerId());
            return take(statement, parameters, pool, room.limit + room.offset, room);
        }
    }

    private Found takeFromNext(Connection connection, Claimant.Pool pool, QueueKey after, Room room)
            throws SQLException {
        try (var statement = connection.prepareStatement(ClaimStatements.NEXT_IN_TURN)) {
            var parameters = new SqlParameters(statement);
            statement.setString(parameters.next(), after.namespace());
            statement.setString(parameters.next(), after.name());
            statement.setInt(parameters.next(), QUEUES);
            return takeInTurn(statement, parameters, pool, false, room);
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
        return claimed(connection, found, room);
    }

    private Claims.Claimed claimed(Connection connection, Found found, Room room)
            throws SQLException {
        return new Claims.Claimed(
                rows.complete(connection, found.claims),
                found.rows > found.claims.size()
                        || found.rows >= Math.min(found.share, room.limit));
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
        try (var statement = connection.prepareStatement(ClaimStatements.FROM_IN_TURN)) {
            var queues = List.copyOf(from.keySet());
            QueueKey.set(statement, 1, queues);
            statement.setArray(
                    3, SqlArrays.longs(connection, queues.stream().mapToLong(from::get).toArray()));
            return takeInTurn(statement, new SqlParameters(statement, 3), pool, isLimited, room);
        }
    }

    private Found takeInTurn(
            PreparedStatement statement,
            SqlParameters parameters,
            Claimant.Pool pool,
            boolean isLimited,
            Room room)
            throws SQLException {
        var connection = statement.getConnection();
        var busy = List.copyOf(pool.running().keySet());
        var running = busy.stream().mapToLong(pool.running()::get).toArray();
        statement.setArray(parameters.next(), connection.createArrayOf("varchar", busy.toArray()));
        statement.setArray(parameters.next(), SqlArrays.longs(connection, running));
        statement.setBoolean(parameters.next(), isLimited);
        statement.setObject(parameters.next(), pool.workerId());
        // Of one namespace, several may be among those that are passed over.
        int share =
                room.offset > 0 || isLimited
                        ? room.limit + room.offset
                        : Math.ceilDiv(room.limit, namespaces);
        return take(statement, parameters, pool, share, room);
    }

    private Found take(
            PreparedStatement statement,
            SqlParameters parameters,
            Claimant.Pool pool,
            int share,
            Room room)
            throws SQLException {
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
