package io.carillon.handler.report;

import java.time.Instant;

/** Sums up the jobs of a namespace; made by the room {@code stats}. */
public interface Figures {
    /**
     * Returns a row for each job, by name.
     *
     * @param from inclusive
     * @param to exclusive
     * @param maxJobs how many at most
     * @throws InterruptedException when the thread was interrupted
     */
    Table of(String namespace, Instant from, Instant to, int maxJobs) throws InterruptedException;
}
