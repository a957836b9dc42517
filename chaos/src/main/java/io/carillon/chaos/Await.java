package io.carillon.chaos;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits that end. */
final class Await {
    private static final Duration PAUSE = Duration.ofMillis(100);

    private Await() {}

    /**
     * Whether the condition came true in time, which is counted in pauses: while the machine stands
     * still, no patience is used up.
     */
    static boolean until(Duration limit, BooleanSupplier condition) {
        for (long left = limit.dividedBy(PAUSE); left > 0; left--) {
            if (condition.getAsBoolean()) {
                return true;
            }
            pause(PAUSE);
        }
        return condition.getAsBoolean();
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
