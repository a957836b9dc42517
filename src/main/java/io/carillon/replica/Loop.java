package io.carillon.replica;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs a round again and again on its own thread: after the pause that the round asks for, or at
 * once when woken. {@link Loops} makes loops.
 *
 * <p>A round that throws anything is tried again after a back-off; waking the loop does not shorten
 * it. {@link Rounds} defines how often failures are logged and how long the back-off is.
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
         * @return how long to pause before the next round; zero for no pause
         * @throws Exception if the round failed; the loop goes on
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

    /** Ends the current pause, or skips the next one if the loop is not pausing. */
    public void wake() {
        wakeups.release();
    }

    /** Stops after the current round, for which it waits five seconds at most. */
    public void stop() {
        stop(END_PATIENCE);
    }

    /**
     * Stops after the current round.
     *
     * @param patience how long to wait for the current round
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

    /** Returns the time since a round last succeeded; since the start if none has. */
    public Duration sinceGoodRound() {
        return rounds.sinceGoodRound();
    }

    /** Returns the record of its rounds. */
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
                // Even handling a failure may fail, if memory has run out.
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
