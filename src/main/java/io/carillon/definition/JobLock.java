package io.carillon.definition;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/**
 * Locks a job for adding an execution: first its row, then its trigger. Firing locks the trigger
 * alone.
 */
public interface JobLock {
    /** The state of a locked job. */
    record Locked(Overlap overlap, boolean isEnabled) {}

    /**
     * Locks a job until the transaction of {@code connection} ends; waits for the lock.
     *
     * @return empty when there is no such job, or it is deleted
     */
    Optional<Locked> lock(Connection connection, UUID jobId) throws SQLException;
}
