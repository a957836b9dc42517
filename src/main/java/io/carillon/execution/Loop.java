package io.carillon.execution;

import io.quarkus.logging.Log;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Calls a round again and again on a thread of its own: after the pause the round asks for, or at
 * once when woken. A failed round is logged and tried again after {@link #FAILURE_PAUSE}.
 */
final class Loop {
    private static final Duration FAILURE_PAUSE = Duration.ofSeconds(1);

    private final String name;
    private final Supplier<Duration> round;
    private final Semaphore wakeups = new Semaphore(0);
    private final Thread thread;
    private volatile boolean stopping;
    private volatile long roundEndedNanos = System.nanoTime();

    /**
     * @param round does one round and says how long to pause after it; zero for no pause
     */
    Loop(String name, Supplier<Duration> round) {
        this.name = name;
        this.round = round;
        this.thread = Thread.ofPlatform().name("carillon-" + name).daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Ends a pause, or the next one if there is none now. */
    void wake() {
        wakeups.release();
    }

    /** Lets the round in hand end, for a while, and starts no other. */
    void stop() {
        stopping = true;
        wake();
        if (thread.getState() != Thread.State.NEW && Thread.currentThread() != thread) {
            try {
                thread.join(Duration.ofSeconds(5));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** How long ago a round last ended without failure. */
    Duration sinceLastRound() {
        return Duration.ofNanos(System.nanoTime() - roundEndedNanos);
    }

    private void run() {
        while (!stopping) {
            Duration pause;
            try {
                pause = round.get();
                roundEndedNanos = System.nanoTime();
            } catch (RuntimeException failure) {
                Log.warnf("%s failed, trying again: %s", name, failure.getMessage());
                Log.debug("the failure", failure);
                pause = FAILURE_PAUSE;
            }
            if (pause.isPositive()) {
                pause(pause);
            }
        }
    }

    private void pause(Duration pause) {
        try {
            if (wakeups.tryAcquire(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                wakeups.drainPermits();
            }
        } catch (InterruptedException interrupted) {
            stopping = true;
        }
    }
}
