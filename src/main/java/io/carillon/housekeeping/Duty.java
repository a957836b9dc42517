package io.carillon.housekeeping;

import java.time.Duration;

/**
 * Does a piece of housekeeping that one replica does for all, again and again. A bean of this type
 * has a {@code @Scheduled} and {@code @Nonconcurrent} method of the same name and period, which
 * calls {@link Housekeeping#fulfil}; a test compares the two.
 */
public interface Duty {
    /**
     * The name in logs, metrics, the health document and the table {@code housekeeping}, and of the
     * trigger. It must stay the same when classes and methods are renamed.
     */
    String name();

    /** How often it is due. */
    Duration period();

    /**
     * Does the duty once. Two replicas may do it at the same time, though rarely: see the package.
     *
     * @throws Exception if it failed; the failure is logged and counted, and the duty is done again
     *     when next due
     */
    void run() throws Exception;
}
