package io.carillon.housekeeping;

import java.time.Duration;

/**
 * Is a piece of housekeeping that one replica does for all, again and again. A bean of this type
 * has a {@code @Scheduled} and {@code @Nonconcurrent} method of the same name and period, which
 * calls {@link Housekeeping#fulfil}; a test compares the two.
 */
public interface Duty {
    /**
     * The name in logs, metrics, the health document, the table {@code housekeeping}, and of the
     * trigger: it stays when classes and methods are renamed.
     */
    String name();

    /** How often it is due. */
    Duration period();

    /**
     * Does it once. It may be done by two replicas at the same time, though that is rare: see the
     * package.
     *
     * @throws Exception whatever went wrong; it is logged, counted, and done again when next due
     */
    void run() throws Exception;
}
