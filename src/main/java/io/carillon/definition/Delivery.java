package io.carillon.definition;

import java.util.Arrays;
import java.util.Optional;

/**
 * The promise for when a worker dies, or an attempt fails, between its start and its stored
 * outcome.
 */
public enum Delivery {
    /** It runs again: at least one attempt ran to its end. */
    AT_LEAST_ONCE,
    /** It never runs again: no second attempt is started. */
    AT_MOST_ONCE;

    /** Empty for one that only another version knows. */
    public static Optional<Delivery> known(String stored) {
        return Arrays.stream(values()).filter(each -> each.name().equals(stored)).findFirst();
    }
}
