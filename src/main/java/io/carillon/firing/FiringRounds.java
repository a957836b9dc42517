package io.carillon.firing;

import io.carillon.database.SqlFailures;
import io.carillon.replica.Loops;
import io.carillon.replica.Rounds;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Does what Quartz's scheduler thread asks for, and never throws: that thread neither backs off nor
 * pauses if firing fails or fires nothing.
 *
 * <p><b>A pause.</b> If a trigger was due in the last round and still is, the round could not take
 * it: another transaction holds its row, or its job's executions are just changing. It is tried
 * again after a pause that doubles from {@link #FIRST_PAUSE} up to the poll interval. Triggers that
 * come due after that round are fired on time, despite the pause.
 *
 * <p><b>A bad row.</b> A batch that fails because of its data is split until the faulty trigger is
 * alone, which is then {@linkplain SetAside set aside}.
 *
 * <p><b>Other failures</b>, such as a lost connection or a read-only or full database, cause a
 * back-off; {@link Rounds} shows them to readiness and a metric.
 *
 * <p>One thread calls {@link #next} and {@link #fire}.
 */
@ApplicationScoped
class FiringRounds {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

    /** Into how many parts a batch that fails because of its data is split. */
    private static final int SPLIT = 8;

    private final Firing firing;
    private final SetAside setAside;
    private final FiringConfig config;
    private final Loops loops;
    private final Rounds rounds;
    private final Semaphore end = new Semaphore(0);
    private volatile boolean stopping;

    /** Everything due until then has been fired, except what could not be taken. */
    private volatile Instant firedUpTo = Instant.MIN;

    private volatile boolean isAwaitedNow;
    private boolean isPaused;
    private Duration pause = Duration.ZERO;
    private Instant pausedUntil = Instant.MIN;

    FiringRounds(Firing firing, SetAside setAside, FiringConfig config, Loops loops) {
        this.firing = firing;
        this.setAside = setAside;
        this.config = config;
        this.loops = loops;
        this.rounds = loops.elsewhere("firing", config.poll());
    }

    /** Registers the rounds for readiness and metrics. */
    void start() {
        loops.start(rounds);
    }

    /** Ends a back-off; no round follows. */
    void stop() {
        stopping = true;
        rounds.stop();
        end.release();
    }

    /** Returns the time since triggers were last looked for, or fired, without a failure. */
    Duration sinceGoodRound() {
        return rounds.sinceGoodRound();
    }

    /**
     * Notes that a trigger is due at {@code at}, which the last look may not have known; {@link
     * Instant#MIN}: any trigger may have changed.
     */
    void changed(Instant at) {
        if (!at.isAfter(firedUpTo)) {
            isAwaitedNow = true;
        }
        setAside.tryAgainSoon();
    }

    /**
     * Returns when to fire next, by the database's clock; null if nothing is due within the poll
     * interval. Blocks until the database has answered.
     */
    @Nullable Instant next() {
        while (!stopping) {
            rounds.begin();
            try {
                var look = firing.look(setAside.names());
                var next = next(look);
                if (next == null || next.isAfter(look.now())) {
                    rounds.succeeded();
                } else {
                    rounds.undecided();
                }
                return next == null || next.isAfter(look.now().plus(config.poll())) ? null : next;
            } catch (Throwable failure) {
                backOff(rounds.failed(failure));
            }
        }
        return null;
    }

    private @Nullable Instant next(DueTriggers.Look look) {
        var next = look.next();
        if (next == null || next.isAfter(firedUpTo)) {
            pause = Duration.ZERO;
            isPaused = false;
        } else if (!isAwaitedNow) {
            if (!isPaused) {
                isPaused = true;
                pause = longer(pause);
                pausedUntil = look.now().plus(pause);
            }
            next = earlier(firing.dueAfter(firedUpTo, setAside.names()).orElse(null), pausedUntil);
        }
        var untilTry = setAside.untilNextTry();
        return untilTry == null ? next : earlier(next, look.now().plus(untilTry));
    }

    private Duration longer(Duration before) {
        var doubled = before.isZero() ? FIRST_PAUSE : before.multipliedBy(2);
        return doubled.compareTo(config.poll()) < 0 ? doubled : config.poll();
    }

    private static Instant earlier(@Nullable Instant one, Instant other) {
        return one == null || one.isAfter(other) ? other : one;
    }

    /** Fires everything that is due. */
    void fire() {
        try {
            isPaused = false;
            isAwaitedNow = false;
            fireDue();
            for (String name : setAside.toBeTried()) {
                fireAgain(name);
            }
        } catch (Throwable failure) {
            backOff(rounds.failed(failure));
        }
    }

    private void fireDue() {
        var passedOver = new HashSet<>(setAside.names());
        int limit = config.batchSize();
        boolean more = true;
        while (more && !stopping) {
            rounds.begin();
            try {
                var round = firing.fire(limit, passedOver);
                round.faults().forEach(setAside::add);
                passedOver.addAll(round.faults().keySet());
                passedOver.addAll(round.left());
                more = round.more();
                if (!more) {
                    firedUpTo = round.at();
                }
                limit = Math.min(config.batchSize(), limit * SPLIT);
                rounds.succeeded();
            } catch (RefusedBatchException refused) {
                if (!SqlFailures.isOfRow(refused)) {
                    throw refused;
                }
                var names = refused.names();
                if (names.size() == 1) {
                    setAside.add(names.getFirst(), String.valueOf(refused.getMessage()));
                    passedOver.add(names.getFirst());
                } else {
                    limit = Math.max(1, names.size() / SPLIT);
                }
            }
        }
    }

    private void fireAgain(String name) {
        try {
            String fault = firing.fireAgain(name);
            if (fault == null) {
                setAside.remove(name);
            } else {
                setAside.add(name, fault);
            }
        } catch (RefusedBatchException refused) {
            if (!SqlFailures.isOfRow(refused)) {
                throw refused;
            }
            setAside.add(name, String.valueOf(refused.getMessage()));
        }
    }

    private void backOff(Duration backOff) {
        try {
            if (end.tryAcquire(backOff.toNanos(), TimeUnit.NANOSECONDS)) {
                end.release();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
