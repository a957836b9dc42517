package io.carillon.replica;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Calls a round again and again on a thread of its own: after the pause the round asks for, or at
 * once when woken. Made by {@link Loops}.
 *
 * <p>A round that throws, whatever it throws, is tried again after a back-off; being woken does not
 * shorten it. How often that is logged, and how long the back-off is, say {@link Rounds}.
 */
public final class Loop {
    static final Duration FIRST_BACKOFF = Rounds.FIRST_BACKOFF;
    static final Duration LONGEST_BACKOFF = Rounds.LONGEST_BACKOFF;
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

    private final Round round;
    private final Rounds rounds;
    private final Semaphore wakeups = new Semaphore(0);
    private final Thread thread;

    Loop(String name, boolean isVital, Round round) {
        this.round = round;
        this.rounds = new Rounds(name, isVital, null);
        this.thread = Thread.ofPlatform().name("carillon-" + name).daemon().unstarted(this::run);
    }

    void start() {
        rounds.watch(thread);
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
        rounds.stop();
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
        return rounds.name();
    }

    /** How long ago a round last ended without a failure; since the start if none has. */
    public Duration sinceGoodRound() {
        return rounds.sinceGoodRound();
    }

    /** Returns what is known of its rounds. */
    Rounds rounds() {
        return rounds;
    }

    /** How many rounds have failed. */
    long failures() {
        return rounds.failures();
    }

    /** Returns what is wrong with this loop, as {@link Rounds#fault} says. */
    @Nullable String fault(Duration failingFor, Duration stuckFor) {
        return rounds.fault(failingFor, stuckFor);
    }

    private void run() {
        while (!rounds.isStopping()) {
            try {
                pause(runRound());
            } catch (Throwable failure) {
                // Even the handling of a failure may fail, for want of memory.
                rounds.failedAgain();
            }
        }
    }

    private Duration runRound() throws InterruptedException {
        rounds.begin();
        try {
            var pause = round.run();
            rounds.succeeded();
            return pause;
        } catch (Throwable failure) {
            Thread.sleep(rounds.failed(failure));
            return Duration.ZERO;
        }
    }

    private void pause(Duration pause) throws InterruptedException {
        if (pause.isPositive() && wakeups.tryAcquire(pause.toNanos(), TimeUnit.NANOSECONDS)) {
            wakeups.drainPermits();
        }
    }
}
