package io.carillon.chaos;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits that end. */
final class Await {
    private static final Duration PAUSE = Duration.ofMillis(100);

    private Await() {}

    /** Whether the condition came true in time. */
    static boolean until(Duration limit, BooleanSupplier condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            pause(PAUSE);
        }
        return true;
    }

    static void pause(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new ChaosFailure("interrupted");
        }
    }
}
