package io.carillon.definition;

import java.util.Arrays;
import java.util.Optional;

/**
 * Promises what happens to an attempt if its worker dies, or it fails, before its outcome is
 * stored.
 */
public enum Delivery {
    /** It runs again: at least one attempt ran to its end. */
    AT_LEAST_ONCE,
    /** It never runs again: no second attempt is started. */
    AT_MOST_ONCE;

    /**
     * Returns the delivery for a stored word; empty if only another version of Carillon knows it.
     */
    public static Optional<Delivery> known(String stored) {
        return Arrays.stream(values()).filter(each -> each.name().equals(stored)).findFirst();
    }
}
