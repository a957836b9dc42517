package io.carillon.execution.dispatch;

import io.carillon.database.BackgroundPool;
import io.carillon.database.Database;
import io.carillon.database.SqlParameters;
import io.carillon.execution.ledger.Claim;
import io.carillon.execution.ledger.Claimant;
import io.carillon.execution.ledger.Claims;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Claims from queues with a limit, exactly over the whole cluster: one replica at a time claims
 * from such a queue, under the lock of its row. Meanwhile running executions can only become fewer,
 * so the count errs on the safe side. A queue that another replica has locked is left to that
 * replica.
 */
@ApplicationScoped
public class LimitedQueues {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    @Language("SQL")
    private static final String EXIST =
            """
            select exists (
                select from queue
                where not paused and (max_concurrent is not null or rate_per_second is not null))
            """;

    @Language("SQL")
    private static final String LOCK_THOSE_WITH_WORK =
            """
            select name, max_concurrent, rate_per_second, next_start_us,
                   (extract(epoch from clock_timestamp()) * 1000000)::bigint
            from queue q
            where not paused and (max_concurrent is not null or rate_per_second is not null)
              and exists (select from execution e where e.queue = q.name and e.task is null and e.state = 'QUEUED')
            order by name
            for update skip locked
            """;

    @Language("SQL")
    private static final String LOCK_THOSE_WITH_TASKS =
            """
            select name, max_concurrent, rate_per_second, next_start_us,
                   (extract(epoch from clock_timestamp()) * 1000000)::bigint
            from queue q
            where not paused and (max_concurrent is not null or rate_per_second is not null)
              and (cardinality(?::varchar[]) = 0 or name = any (?))
              and exists (select from unnest(?::varchar[]) as wanted (task) cross join lateral (
                              select from execution e
                              where e.queue = q.name and e.namespace = ? and e.task = wanted.task
                                and e.state = 'QUEUED'
                              limit 1) as first)
            order by name
            for update skip locked
            """;

    @Language("SQL")
    private static final String RUNNING =
            """
            select (select count(*) from execution where state = 'RUNNING' and queue = q.name)
                 + (select count(*) from execution where state = 'AWAITING' and queue = q.name)
            from (select ?::varchar) as q (name)
            """;

    @Language("SQL")
    private static final String STARTED = "update queue set next_start_us = ? where name = ?";

    private final Database database;
    private final Claims claims;

    private volatile boolean exist = true;
    private volatile long lookedNanos = System.nanoTime() - LOOK_AGAIN.toNanos();

    private record Queue(
            String name,
            @Nullable Integer maxConcurrent,
            @Nullable RateLimit rate,
            long nextStartMicros,
            long nowMicros) {}

    /**
     * The result of a claim.
     *
     * @param untilNext when a rate allows the next start; null if no rate delays one
     */
    public record Claimed(List<Claim> claims, boolean isMoreWaiting, @Nullable Duration untilNext) {
        static final Claimed NOTHING = new Claimed(List.of(), false, null);
    }

    LimitedQueues(@BackgroundPool Database database, Claims claims) {
        this.database = database;
        this.claims = claims;
    }

    /** Claims what fits into {@code slots} and each queue's limits. */
    public Claimed claim(Claimant by, int slots, boolean isIdle) {
        return mayExist()
                ? database.inTransaction(connection -> claim(connection, by, slots, isIdle))
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

    private Claimed claim(Connection connection, Claimant by, int slots, boolean isIdle)
            throws SQLException {
        var claimed = new ArrayList<Claim>();
        int left = slots;
        boolean more = false;
        Duration untilNext = null;
        for (var queue : lockThoseWithWork(connection, by)) {
            int allowed = allowed(connection, queue);
            var taken = new Claims.Claimed(List.of(), true);
            if (allowed > 0 && left > 0) {
                taken =
                        claims.take(
                                by,
                                queue.name,
                                Math.min(allowed, left),
                                left,
                                isIdle && claimed.isEmpty());
            }
            claimed.addAll(taken.claims());
            left -= Claims.slots(taken.claims());
            more |= taken.isMoreWaiting();
            if (queue.rate != null) {
                long next =
                        queue.rate.after(
                                queue.nextStartMicros, queue.nowMicros, taken.claims().size());
                if (!taken.claims().isEmpty()) {
                    started(connection, queue.name, next);
                }
                var wait = queue.rate.untilAllowed(next, queue.nowMicros);
                if (taken.isMoreWaiting()
                        && wait.isPositive()
                        && (untilNext == null || wait.compareTo(untilNext) < 0)) {
                    untilNext = wait;
                }
            }
        }
        return new Claimed(claimed, more, untilNext);
    }

    private static List<Queue> lockThoseWithWork(Connection connection, Claimant by)
            throws SQLException {
        return switch (by) {
            case Claimant.Pool pool -> {
                try (var statement = connection.prepareStatement(LOCK_THOSE_WITH_WORK)) {
                    yield queues(statement);
                }
            }
            case Claimant.Remote remote -> {
                try (var statement = connection.prepareStatement(LOCK_THOSE_WITH_TASKS)) {
                    var parameters = new SqlParameters(statement);
                    parameters.twice(remote.queues());
                    statement.setArray(
                            parameters.next(),
                            connection.createArrayOf("varchar", remote.tasks().toArray()));
                    statement.setString(parameters.next(), remote.namespace());
                    yield queues(statement);
                }
            }
        };
    }

    private static List<Queue> queues(PreparedStatement statement) throws SQLException {
        var queues = new ArrayList<Queue>();
        try (var row = statement.executeQuery()) {
            while (row.next()) {
                var rate = row.getObject(3, Double.class);
                queues.add(
                        new Queue(
                                row.getString(1),
                                row.getObject(2, Integer.class),
                                rate == null ? null : new RateLimit(rate),
                                row.getLong(4),
                                row.getLong(5)));
            }
        }
        return queues;
    }

    private static int allowed(Connection connection, Queue queue) throws SQLException {
        int allowed =
                queue.rate == null
                        ? Integer.MAX_VALUE
                        : queue.rate.allowed(queue.nextStartMicros, queue.nowMicros);
        if (queue.maxConcurrent == null || allowed == 0) {
            return allowed;
        }
        try (var statement = connection.prepareStatement(RUNNING)) {
            statement.setString(1, queue.name);
            try (var row = statement.executeQuery()) {
                row.next();
                return Math.min(allowed, queue.maxConcurrent - row.getInt(1));
            }
        }
    }

    private static void started(Connection connection, String queue, long next)
            throws SQLException {
        try (var statement = connection.prepareStatement(STARTED)) {
            statement.setLong(1, next);
            statement.setString(2, queue);
            statement.executeUpdate();
        }
    }
}
