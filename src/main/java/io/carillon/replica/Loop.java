package io.carillon.replica;

import io.quarkus.logging.Log;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Calls a round again and again on a thread of its own: after the pause the round asks for, or at
 * once when woken. Made by {@link Loops}.
 *
 * <p>A round that throws, whatever it throws, is tried again after a back-off that doubles from
 * {@link #FIRST_BACKOFF} to {@link #LONGEST_BACKOFF}; being woken does not shorten it. The first
 * failure is logged, then each failure with another message, then one a minute, and the first good
 * round after it.
 */
public final class Loop {
    static final Duration FIRST_BACKOFF = Duration.ofMillis(250);
    static final Duration LONGEST_BACKOFF = Duration.ofSeconds(2);
    private static final Duration SAY_AGAIN = Duration.ofMinutes(1);
    private static final Duration END_PATIENCE = Duration.ofSeconds(5);

    /** One round of work. */
    public interface Round {
        /**
         * Does one round.
         *
         * @return how long to pause after it; zero for no pause
         * @throws Exception whatever went wrong; the loop goes on
         */
        Duration run() throws Exception;
    }

    private final String name;
    private final boolean isVital;
    private final Round round;
    private final Semaphore wakeups = new Semaphore(0);
    private final Thread thread;
    private volatile boolean stopping;
    private volatile boolean isInRound;
    private volatile long roundStartedNanos;
    private volatile long goodRoundEndedNanos = System.nanoTime();
    private volatile @Nullable Failing failing;
    private volatile long failures;

    /** The failures since the last good round. */
    private record Failing(long sinceNanos, int count, String message, long saidNanos) {}

    Loop(String name, boolean isVital, Round round) {
        this.name = name;
        this.isVital = isVital;
        this.round = round;
        this.thread = Thread.ofPlatform().name("carillon-" + name).daemon().unstarted(this::run);
    }

    void start() {
        goodRoundEndedNanos = System.nanoTime();
        thread.start();
    }

    /** Ends a pause, or the next one if there is none now. */
    public void wake() {
        wakeups.release();
    }

    /** Lets the round in hand end, for five seconds at most, and starts no other. */
    public void stop() {
        stop(END_PATIENCE);
    }

    /**
     * Lets the round in hand end and starts no other.
     *
     * @param patience how long to wait for the round in hand
     */
    public void stop(Duration patience) {
        stopping = true;
        wake();
        if (thread.getState() != Thread.State.NEW && Thread.currentThread() != thread) {
            try {
                thread.join(patience);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The name in logs, metrics and the health document. */
    public String name() {
        return name;
    }

    /** Whether jobs stand still while this loop does. */
    boolean isVital() {
        return isVital;
    }

    /** How long ago a round last ended without a failure; since the start if none has. */
    public Duration sinceGoodRound() {
        return Duration.ofNanos(System.nanoTime() - goodRoundEndedNanos);
    }

    /** How many rounds have failed. */
    long failures() {
        return failures;
    }

    /**
     * Says what is wrong with this loop.
     *
     * @param failingFor how long rounds may fail
     * @param stuckFor how long one round may take
     * @return null if nothing is wrong
     */
    @Nullable String fault(Duration failingFor, Duration stuckFor) {
        if (stopping) {
            return null;
        }
        long now = System.nanoTime();
        var failure = failing;
        if (failure != null && now - failure.sinceNanos >= failingFor.toNanos()) {
            return "failing for %d s: %s"
                    .formatted(seconds(now - failure.sinceNanos), failure.message);
        }
        if (isInRound && now - roundStartedNanos >= stuckFor.toNanos()) {
            return "in one round for %d s".formatted(seconds(now - roundStartedNanos));
        }
        return thread.getState() == Thread.State.TERMINATED ? "has ended" : null;
    }

    private void run() {
        while (!stopping) {
            try {
                pause(runRound());
            } catch (Throwable failure) {
                // Even the handling of a failure may fail, for want of memory.
                failures++;
            }
        }
    }

    private Duration runRound() throws InterruptedException {
        roundStartedNanos = System.nanoTime();
        isInRound = true;
        try {
            var pause = round.run();
            goodRoundEndedNanos = System.nanoTime();
            isInRound = false;
            recovered();
            return pause;
        } catch (Throwable failure) {
            isInRound = false;
            failed(failure);
            return Duration.ZERO;
        }
    }

    private void recovered() {
        var before = failing;
        if (before != null) {
            failing = null;
            Log.infof(
                    "%s works again after %d failures in %d s",
                    name, before.count, seconds(System.nanoTime() - before.sinceNanos));
        }
    }

    private void failed(Throwable failure) throws InterruptedException {
        failures++;
        if (stopping) {
            return;
        }
        long now = System.nanoTime();
        var before = failing;
        String message = messageOf(failure);
        boolean isSaid =
                before == null
                        || !before.message.equals(message)
                                && now - before.saidNanos >= LONGEST_BACKOFF.toNanos()
                        || now - before.saidNanos >= SAY_AGAIN.toNanos();
        failing =
                new Failing(
                        before == null ? now : before.sinceNanos,
                        before == null ? 1 : before.count + 1,
                        message,
                        isSaid || before == null ? now : before.saidNanos);
        if (isSaid) {
            Log.warnf("%s failed, trying again: %s", name, message);
        }
        if (failure instanceof Error) {
            Log.errorf(failure, "%s failed with an error", name);
        } else {
            Log.debugf(failure, "%s failed", name);
        }
        Thread.sleep(backoff(before == null ? 0 : before.count));
    }

    private static Duration backoff(int failuresBefore) {
        var backoff = FIRST_BACKOFF.multipliedBy(1L << Math.min(failuresBefore, 10));
        return backoff.compareTo(LONGEST_BACKOFF) < 0 ? backoff : LONGEST_BACKOFF;
    }

    /** A message for people, with what PostgreSQL said. */
    private static String messageOf(Throwable failure) {
        var message = new StringBuilder(String.valueOf(failure.getMessage()));
        var cause = failure.getCause();
        if (cause != null
                && cause.getMessage() != null
                && message.indexOf(cause.getMessage()) < 0) {
            message.append(": ").append(cause.getMessage());
        }
        return failure.getMessage() == null ? failure.toString() : message.toString();
    }

    private static long seconds(long nanos) {
        return TimeUnit.NANOSECONDS.toSeconds(nanos);
    }

    private void pause(Duration pause) throws InterruptedException {
        if (pause.isPositive() && wakeups.tryAcquire(pause.toNanos(), TimeUnit.NANOSECONDS)) {
            wakeups.drainPermits();
        }
    }
}
