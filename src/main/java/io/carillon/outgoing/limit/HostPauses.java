package io.carillon.outgoing.limit;

import io.carillon.database.BackgroundPool;
import io.carillon.database.Database;
import io.carillon.database.DatabaseClock;
import io.carillon.database.DatabaseException;
import io.carillon.replica.Loop;
import io.carillon.replica.Loops;
import io.carillon.replica.StartOrder;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Pauses hosts whose calls fail. Failures in a row are counted by each replica for itself; a pause
 * is for all of them, a second later at most.
 */
@ApplicationScoped
class HostPauses {
    /** The call of a host that is never paused. */
    static final HostTurn.Watch UNWATCHED = (_, _) -> {};

    /** Forgets hosts that nobody has called for an hour after their pause. */
    @Language("SQL")
    private static final String FORGET =
            "delete from host_pause where until < clock_timestamp() - interval '1 hour'";

    @Language("SQL")
    private static final String READ = "select host, until, trial_until from host_pause";

    @Language("SQL")
    private static final String BEGIN =
            """
            insert into host_pause (host, until, error)
            values (?, clock_timestamp() + ? * interval '1 millisecond', ?)
            on conflict (host) do nothing
            """;

    /** A trial that was not ended in a minute is given up. */
    @Language("SQL")
    private static final String BEGIN_TRIAL =
            """
            update host_pause set trial_until = clock_timestamp() + interval '1 minute'
            where host = ? and until <= clock_timestamp()
              and (trial_until is null or trial_until <= clock_timestamp())
            """;

    @Language("SQL")
    private static final String GIVE_TRIAL_UP =
            "update host_pause set trial_until = null where host = ?";

    /** Twice as long as the last time, ten times as long as the first time at most. */
    @Language("SQL")
    private static final String PAUSE_AGAIN =
            """
            update host_pause
            set until = clock_timestamp() + ? * least(2 ^ least(times, 10), 10) * interval '1 millisecond',
                times = times + 1, trial_until = null, error = ?
            where host = ?
            """;

    @Language("SQL")
    private static final String END = "delete from host_pause where host = ?";

    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration LONGEST_HOLD = Duration.ofSeconds(30);
    private static final Duration LONGEST_TRIAL_HOLD = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int MAX_WATCHED = 10_000;

    private final Database database;
    private final DatabaseClock clock;
    private final HostThread thread;
    private final Loops loops;
    private final Loop loop;

    /** Failures in a row, of the hosts that failed last. */
    private final Map<String, Integer> failures =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
                    return size() > MAX_WATCHED;
                }
            };

    /** What this replica knows of pauses, by host. */
    private volatile Map<String, Pause> paused = Map.of();

    /**
     * @param trialUntil when the call that tries is given up; null: none is known to be under way
     */
    private record Pause(Instant until, @Nullable Instant trialUntil) {}

    HostPauses(
            @BackgroundPool Database database,
            DatabaseClock clock,
            HostThread thread,
            Loops loops) {
        this.database = database;
        this.clock = clock;
        this.thread = thread;
        this.loops = loops;
        this.loop = loops.background("host-pauses", this::read);
    }

    /** Reads what other replicas have paused, before the first call, and goes on reading. */
    void start() {
        try {
            read();
        } catch (DatabaseException away) {
            Log.debugf("the loop reads the pauses of hosts: %s", away.getMessage());
        }
        loops.start(loop);
    }

    void stop(@Observes @Priority(StartOrder.LAST) ShutdownEvent event) {
        loop.stop();
    }

    /** How many pauses are not over. */
    long count() {
        var now = clock.now();
        return paused.values().stream().filter(each -> each.until.isAfter(now)).count();
    }

    /**
     * Lets a call begin if its host is not paused, or if it is the one that tries again.
     *
     * @throws HeldBackException if it may not begin now
     */
    HostTurn.Watch enter(String host, HostLimit limit)
            throws HeldBackException, InterruptedException {
        var pause = paused.get(host);
        if (pause == null) {
            return (end, why) -> ended(host, limit, end, why);
        }
        var until = pause.until;
        var now = clock.now();
        var left = Duration.between(now, until);
        if (left.isPositive()) {
            throw held(
                    left,
                    "%s is not called until %s, because calls failed"
                            .formatted(host, until.truncatedTo(ChronoUnit.SECONDS)));
        }
        boolean isTried = pause.trialUntil != null && pause.trialUntil.isAfter(now);
        if (isTried || !beginTrial(host)) {
            throw held(
                    Duration.ofMillis(
                            ThreadLocalRandom.current().nextLong(LONGEST_TRIAL_HOLD.toMillis())),
                    "%s failed, and another call tries whether it answers".formatted(host));
        }
        return (end, why) -> trialEnded(host, limit, end, why);
    }

    /**
     * They come back one after the other, and now and then during a long pause, since one whose
     * start deadline has passed is skipped when it is back in its queue.
     */
    private static HeldBackException held(Duration left, String message) {
        long millis = Math.min(left.toMillis(), LONGEST_HOLD.toMillis());
        long spread = Math.max(EVERY.toMillis(), millis / 10);
        return new HeldBackException(
                HeldBackException.PAUSED,
                Duration.ofMillis(millis + ThreadLocalRandom.current().nextLong(spread)),
                message);
    }

    private boolean beginTrial(String host) throws InterruptedException {
        var asked = thread.ask(() -> change(BEGIN_TRIAL, host) == 1);
        try {
            return asked.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException givenUp) {
            giveUp(host, asked);
            throw givenUp;
        } catch (ExecutionException | TimeoutException unknown) {
            giveUp(host, asked);
            return false;
        }
    }

    private void giveUp(String host, CompletableFuture<Boolean> asked) {
        var _ =
                asked.thenAccept(
                        hasBegun -> {
                            if (hasBegun) {
                                thread.tell(() -> change(GIVE_TRIAL_UP, host));
                            }
                        });
    }

    private void ended(String host, HostLimit limit, HostTurn.End end, String why) {
        switch (end) {
            case ANSWERED -> forgetFailures(host);
            case FAILED -> failed(host, limit, why);
            case UNKNOWN -> {}
        }
    }

    private void failed(String host, HostLimit limit, String why) {
        int most = Objects.requireNonNull(limit.pauseAfter());
        if (paused.containsKey(host) || failuresOf(host) < most) {
            return;
        }
        forgetFailures(host);
        know(host, clock.now().plus(limit.pause()));
        Log.warnf(
                "host paused for %s, calls failed host=%s failures=%d: %s",
                limit.pause(), host, most, why);
        thread.tell(
                () ->
                        database.with(
                                BEGIN,
                                statement -> {
                                    statement.setString(1, host);
                                    statement.setLong(2, limit.pause().toMillis());
                                    statement.setString(3, why);
                                    return statement.executeUpdate();
                                }));
    }

    private int failuresOf(String host) {
        synchronized (failures) {
            return failures.merge(host, 1, Integer::sum);
        }
    }

    private void forgetFailures(String host) {
        synchronized (failures) {
            failures.remove(host);
        }
    }

    private void trialEnded(String host, HostLimit limit, HostTurn.End end, String why) {
        switch (end) {
            case ANSWERED -> {
                Log.infof("host answers again, its pause ends host=%s", host);
                forget(host);
                thread.tell(() -> change(END, host));
            }
            case FAILED -> {
                know(host, clock.now().plus(limit.pause()));
                thread.tell(() -> pauseAgain(host, limit, why));
            }
            case UNKNOWN -> thread.tell(() -> change(GIVE_TRIAL_UP, host));
        }
    }

    private void pauseAgain(String host, HostLimit limit, String why) {
        database.with(
                PAUSE_AGAIN,
                statement -> {
                    statement.setLong(1, limit.pause().toMillis());
                    statement.setString(2, why);
                    statement.setString(3, host);
                    return statement.executeUpdate();
                });
    }

    private int change(@Language("SQL") String sql, String host) {
        return database.with(
                sql,
                statement -> {
                    statement.setString(1, host);
                    return statement.executeUpdate();
                });
    }

    private synchronized void know(String host, Instant until) {
        var known = new HashMap<>(paused);
        known.put(host, new Pause(until, null));
        paused = Map.copyOf(known);
    }

    private synchronized void forget(String host) {
        var known = new HashMap<>(paused);
        known.remove(host);
        paused = Map.copyOf(known);
    }

    private Duration read() {
        database.with(FORGET, PreparedStatement::executeUpdate);
        var rows = database.with(READ, HostPauses::rows);
        synchronized (this) {
            paused = rows;
        }
        return EVERY;
    }

    private static Map<String, Pause> rows(PreparedStatement statement) throws SQLException {
        var rows = new HashMap<String, Pause>();
        try (var row = statement.executeQuery()) {
            while (row.next()) {
                var trialUntil = row.getObject(3, OffsetDateTime.class);
                rows.put(
                        row.getString(1),
                        new Pause(
                                row.getObject(2, OffsetDateTime.class).toInstant(),
                                trialUntil == null ? null : trialUntil.toInstant()));
            }
        }
        return Map.copyOf(rows);
    }
}
