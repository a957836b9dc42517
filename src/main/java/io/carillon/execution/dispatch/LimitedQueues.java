package io.carillon.execution.dispatch;

import io.carillon.database.BackgroundPool;
import io.carillon.database.Database;
import io.carillon.database.SqlParameters;
import io.carillon.execution.ledger.Claim;
import io.carillon.execution.ledger.Claimant;
import io.carillon.execution.ledger.Claims;
import io.carillon.queue.QueueKey;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Claims from queues with a limit of their own or of their namespace, exactly over the whole
 * cluster: one replica at a time claims from such a queue, under the lock of its row, and from
 * those of such a namespace, under the lock of its row too. Meanwhile running executions can only
 * become fewer, so the count errs on the safe side. What another replica has locked is left to that
 * replica.
 */
@ApplicationScoped
public class LimitedQueues {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    /** The pause until a namespace is tried again that another replica has locked. */
    private static final Duration LOCKED = Duration.ofMillis(20);

    private static final int LOCKED_BY_ANOTHER = -1;

    @Language("SQL")
    private static final String EXIST =
            """
            select exists (
                select from queue
                where not paused and (max_concurrent is not null or rate_per_second is not null))
                or exists (select from namespace where max_concurrent is not null)
            """;

    @Language("SQL")
    private static final String COLUMNS =
            """
            select q.namespace, q.name, q.max_concurrent, q.rate_per_second, q.next_start_us,
                   exists (select from namespace n where n.name = q.namespace and n.max_concurrent is not null),
                   (extract(epoch from clock_timestamp()) * 1000000)::bigint
            """;

    @Language("SQL")
    private static final String LOCK_THESE =
            COLUMNS
                    + """
                    from unnest(?::varchar[], ?::varchar[]) as given (namespace, name)
                         join queue q on q.namespace = given.namespace and q.name = given.name
                    where not q.paused
                      and exists (select from execution e
                                  where e.namespace = q.namespace and e.queue = q.name and e.task is null
                                    and e.state = 'QUEUED')
                    order by q.namespace, q.name
                    for update of q skip locked
                    """;

    @Language("SQL")
    private static final String LOCK_THOSE_WITH_TASKS =
            COLUMNS
                    + """
                    from queue q
                    where namespace = ? and not paused
                      and (max_concurrent is not null or rate_per_second is not null
                           or exists (select from namespace n
                                      where n.name = q.namespace and n.max_concurrent is not null))
                      and (cardinality(?::varchar[]) = 0 or name = any (?))
                      and exists (select from unnest(?::varchar[]) as wanted (task) cross join lateral (
                                      select from execution e
                                      where e.queue = q.name and e.namespace = q.namespace and e.task = wanted.task
                                        and e.state = 'QUEUED'
                                      limit 1) as first)
                    order by name
                    for update skip locked
                    """;

    @Language("SQL")
    private static final String LOCK_NAMESPACE =
            """
            select max_concurrent from namespace where name = ? and max_concurrent is not null
            for update skip locked
            """;

    /** Counts in one queue, or in all of a namespace. */
    @Language("SQL")
    private static final String RUNNING =
            """
            select (select count(*) from execution
                    where state = 'RUNNING' and namespace = q.namespace and (q.name is null or queue = q.name))
                 + (select count(*) from execution
                    where state = 'AWAITING' and namespace = q.namespace and (q.name is null or queue = q.name))
            from (select ?::varchar, ?::varchar) as q (namespace, name)
            """;

    @Language("SQL")
    private static final String STARTED =
            "update queue set next_start_us = ? where namespace = ? and name = ?";

    private final Database database;
    private final Claims claims;

    private volatile QueueKey lastServed = new QueueKey("", "");
    private volatile boolean exist = true;
    private volatile long lookedNanos = System.nanoTime() - LOOK_AGAIN.toNanos();

    /**
     * @param ofNamespace whether its namespace has a limit
     */
    private record Queue(
            QueueKey key,
            @Nullable Integer maxConcurrent,
            @Nullable RateLimit rate,
            long nextStartMicros,
            boolean ofNamespace,
            long nowMicros) {}

    /**
     * The result of a claim.
     *
     * @param untilNext when to try again what could not be started; null if a notification tells
     */
    public record Claimed(List<Claim> claims, boolean isMoreWaiting, @Nullable Duration untilNext) {
        static final Claimed NOTHING = new Claimed(List.of(), false, null);
    }

    LimitedQueues(@BackgroundPool Database database, Claims claims) {
        this.database = database;
        this.claims = claims;
    }

    /**
     * Claims what fits into {@code slots} and the limits.
     *
     * @param queues those that may hold work; each that does has an equal share of the slots
     */
    public Claimed claim(Claimant.Pool by, Collection<QueueKey> queues, int slots, boolean isIdle) {
        return queues.isEmpty() || slots <= 0
                ? Claimed.NOTHING
                : database.inTransaction(
                        connection ->
                                claim(connection, by, lock(connection, queues), slots, isIdle));
    }

    /** Like the other one, from those queues of its namespace that hold work for its tasks. */
    public Claimed claim(Claimant.Remote by, int slots, boolean isIdle) {
        return mayExist()
                ? database.inTransaction(
                        connection -> claim(connection, by, lock(connection, by), slots, isIdle))
                : Claimed.NOTHING;
    }

    /** Most clusters have no limits: for them this costs only one query a second. */
    private boolean mayExist() {
        long now = System.nanoTime();
        if (now - lookedNanos >= LOOK_AGAIN.toNanos()) {
            exist =
                    database.with(
                            EXIST,
                            statement -> {
                                try (var row = statement.executeQuery()) {
                                    row.next();
                                    return row.getBoolean(1);
                                }
                            });
            lookedNanos = now;
        }
        return exist;
    }

    private Claimed claim(
            Connection connection, Claimant by, List<Queue> queues, int slots, boolean isIdle)
            throws SQLException {
        var claimed = new ArrayList<Claim>();
        var ofNamespaces = new HashMap<String, Integer>();
        int left = slots;
        int queuesLeft = queues.size();
        boolean more = false;
        Duration untilNext = null;
        for (var queue : inTurn(queues, by)) {
            if (left <= 0) {
                more = true;
                break;
            }
            String namespace = queue.key.namespace();
            if (queue.ofNamespace && !ofNamespaces.containsKey(namespace)) {
                ofNamespaces.put(namespace, allowedOfNamespace(connection, namespace));
            }
            int ofNamespace = ofNamespaces.getOrDefault(namespace, Integer.MAX_VALUE);
            int allowed = Math.min(allowed(connection, queue), ofNamespace);
            int share = Math.ceilDiv(left, queuesLeft--);
            var taken = new Claims.Claimed(List.of(), true);
            if (allowed > 0) {
                taken =
                        claims.takeLimited(
                                by,
                                queue.key,
                                Math.min(allowed, share),
                                left,
                                isIdle && claimed.isEmpty());
            }
            int count = taken.claims().size();
            lastServed = count > 0 ? queue.key : lastServed;
            claimed.addAll(taken.claims());
            ofNamespaces.computeIfPresent(namespace, (same, most) -> most - count);
            left -= Claims.slots(taken.claims());
            more |= taken.isMoreWaiting();
            if (ofNamespace == LOCKED_BY_ANOTHER) {
                untilNext = sooner(untilNext, LOCKED);
            }
            if (queue.rate != null) {
                long next = queue.rate.after(queue.nextStartMicros, queue.nowMicros, count);
                if (count > 0) {
                    started(connection, queue.key, next);
                }
                var wait = queue.rate.untilAllowed(next, queue.nowMicros);
                if (taken.isMoreWaiting() && wait.isPositive()) {
                    untilNext = sooner(untilNext, wait);
                }
            }
        }
        return new Claimed(claimed, more, untilNext);
    }

    /**
     * Returns first the queues of the namespaces of which the worker runs fewest, and of these the
     * ones behind the last that was served.
     */
    private List<Queue> inTurn(List<Queue> queues, Claimant by) {
        var running = by instanceof Claimant.Pool pool ? pool.running() : Map.<String, Integer>of();
        var last = lastServed;
        return queues.stream()
                .sorted(
                        Comparator.<Queue>comparingInt(
                                        queue -> running.getOrDefault(queue.key.namespace(), 0))
                                .thenComparing(queue -> queue.key.compareTo(last) <= 0)
                                .thenComparing(Queue::key))
                .toList();
    }

    private static Duration sooner(@Nullable Duration one, Duration other) {
        return one == null || other.compareTo(one) < 0 ? other : one;
    }

    private static List<Queue> lock(Connection connection, Collection<QueueKey> queues)
            throws SQLException {
        try (var statement = connection.prepareStatement(LOCK_THESE)) {
            QueueKey.set(statement, 1, queues);
            return queues(statement);
        }
    }

    private static List<Queue> lock(Connection connection, Claimant.Remote remote)
            throws SQLException {
        try (var statement = connection.prepareStatement(LOCK_THOSE_WITH_TASKS)) {
            var parameters = new SqlParameters(statement);
            statement.setString(parameters.next(), remote.namespace());
            parameters.twice(remote.queues());
            statement.setArray(
                    parameters.next(),
                    connection.createArrayOf("varchar", remote.tasks().toArray()));
            return queues(statement);
        }
    }

    private static List<Queue> queues(PreparedStatement statement) throws SQLException {
        var queues = new ArrayList<Queue>();
        try (var row = statement.executeQuery()) {
            while (row.next()) {
                var rate = row.getObject(4, Double.class);
                queues.add(
                        new Queue(
                                new QueueKey(row.getString(1), row.getString(2)),
                                row.getObject(3, Integer.class),
                                rate == null ? null : new RateLimit(rate),
                                row.getLong(5),
                                row.getBoolean(6),
                                row.getLong(7)));
            }
        }
        return queues;
    }

    /** Locks the namespace and returns how many more it may run. */
    private static int allowedOfNamespace(Connection connection, String namespace)
            throws SQLException {
        try (var statement = connection.prepareStatement(LOCK_NAMESPACE)) {
            statement.setString(1, namespace);
            try (var row = statement.executeQuery()) {
                return row.next()
                        ? Math.max(0, row.getInt(1) - running(connection, namespace, null))
                        : LOCKED_BY_ANOTHER;
            }
        }
    }

    private static int allowed(Connection connection, Queue queue) throws SQLException {
        int allowed =
                queue.rate == null
                        ? Integer.MAX_VALUE
                        : queue.rate.allowed(queue.nextStartMicros, queue.nowMicros);
        return queue.maxConcurrent == null || allowed == 0
                ? allowed
                : Math.min(
                        allowed,
                        queue.maxConcurrent
                                - running(connection, queue.key.namespace(), queue.key.name()));
    }

    /**
     * @param queue null: in all queues of the namespace
     */
    private static int running(Connection connection, String namespace, @Nullable String queue)
            throws SQLException {
        try (var statement = connection.prepareStatement(RUNNING)) {
            statement.setString(1, namespace);
            statement.setString(2, queue);
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    private static void started(Connection connection, QueueKey queue, long next)
            throws SQLException {
        try (var statement = connection.prepareStatement(STARTED)) {
            statement.setLong(1, next);
            statement.setString(2, queue.namespace());
            statement.setString(3, queue.name());
            statement.executeUpdate();
        }
    }
}
