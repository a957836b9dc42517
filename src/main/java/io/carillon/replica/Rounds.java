package io.carillon.replica;

import io.quarkus.logging.Log;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Records how the rounds of one thread went: when the last good one ended, what fails and since
 * when. Readiness and metrics read it. Each {@link Loop} has its own. A thread that a library
 * starts and paces gets one from {@link Loops}, and reports each round to it.
 *
 * <p>It logs the first failure, then each failure with a different message, then one a minute, and
 * the first good round afterwards. The back-off doubles from {@link #FIRST_BACKOFF} to {@link
 * #LONGEST_BACKOFF}.
 *
 * <p>One thread writes it; any thread may read it.
 */
public final class Rounds {
    static final Duration FIRST_BACKOFF = Duration.ofMillis(250);
    static final Duration LONGEST_BACKOFF = Duration.ofSeconds(2);
    private static final Duration SAY_AGAIN = Duration.ofMinutes(1);

    private static final Pattern LINE_BREAK = Pattern.compile("\\s*\\R\\s*");

    private final String name;
    private final boolean isVital;
    private final @Nullable Duration longestRest;
    private volatile @Nullable Thread thread;
    private volatile boolean stopping;
    private volatile boolean isInRound;
    private volatile long roundStartedNanos;
    private volatile long goodRoundEndedNanos = System.nanoTime();
    private volatile @Nullable Failing failing;
    private volatile long failures;

    /** The failures since the last good round. */
    private record Failing(long sinceNanos, int count, String message, long saidNanos) {}

    /**
     * @param longestRest the longest allowed pause between rounds; null: no limit
     */
    Rounds(String name, boolean isVital, @Nullable Duration longestRest) {
        this.name = name;
        this.isVital = isVital;
        this.longestRest = longestRest;
    }

    /** Begins to watch the thread; from now on it is a fault if the thread has ended. */
    void watch(@Nullable Thread ofRounds) {
        thread = ofRounds;
        goodRoundEndedNanos = System.nanoTime();
    }

    /** Records that a round begins. */
    public void begin() {
        roundStartedNanos = System.nanoTime();
        isInRound = true;
    }

    /** Records that the round succeeded. */
    public void succeeded() {
        goodRoundEndedNanos = System.nanoTime();
        isInRound = false;
        var before = failing;
        if (before != null) {
            failing = null;
            Log.infof(
                    "%s works again after %d failures in %d s",
                    name, before.count, seconds(System.nanoTime() - before.sinceNanos));
        }
    }

    /** Records that the round has ended without showing whether all is well. */
    public void undecided() {
        isInRound = false;
    }

    /**
     * Records that the round failed.
     *
     * @return how long to back off before the next
     */
    public Duration failed(Throwable failure) {
        isInRound = false;
        failures++;
        if (stopping) {
            return Duration.ZERO;
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
        return backoff(before == null ? 0 : before.count);
    }

    /** Counts a failure whose handling failed too. */
    void failedAgain() {
        failures++;
    }

    /** Records that no round will follow: from now on failures are not reported. */
    public void stop() {
        stopping = true;
    }

    boolean isStopping() {
        return stopping;
    }

    /** The name in logs, metrics and the health document. */
    String name() {
        return name;
    }

    /** Whether jobs stand still while these rounds fail. */
    boolean isVital() {
        return isVital;
    }

    /** Returns the time since a round last succeeded; since the start if none has. */
    public Duration sinceGoodRound() {
        return Duration.ofNanos(System.nanoTime() - goodRoundEndedNanos);
    }

    /** Returns how many rounds have failed. */
    public long failures() {
        return failures;
    }

    /**
     * Describes the current fault.
     *
     * @param failingFor how long rounds may fail
     * @param stuckFor how long one round may take, and the next may be overdue
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
        var ofRounds = thread;
        if (ofRounds != null && ofRounds.getState() == Thread.State.TERMINATED) {
            return "has ended";
        }
        long rested = now - goodRoundEndedNanos;
        return longestRest != null && rested >= longestRest.plus(stuckFor).toNanos()
                ? "no round for %d s".formatted(seconds(rested))
                : null;
    }

    private static Duration backoff(int failuresBefore) {
        var backoff = FIRST_BACKOFF.multipliedBy(1L << Math.min(failuresBefore, 10));
        return backoff.compareTo(LONGEST_BACKOFF) < 0 ? backoff : LONGEST_BACKOFF;
    }

    /** Returns one line for people, with PostgreSQL's own message. */
    public static String messageOf(Throwable failure) {
        var message = new StringBuilder(String.valueOf(failure.getMessage()));
        var cause = failure.getCause();
        if (cause != null
                && cause.getMessage() != null
                && message.indexOf(cause.getMessage()) < 0) {
            message.append(": ").append(cause.getMessage());
        }
        return failure.getMessage() == null
                ? failure.toString()
                : LINE_BREAK.matcher(message).replaceAll("; ");
    }

    private static long seconds(long nanos) {
        return TimeUnit.NANOSECONDS.toSeconds(nanos);
    }
}
