package io.carillon.definition;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/**
 * The lock that everybody holds who adds an execution to a job: its row, and then its trigger,
 * which is all that firing locks.
 */
public interface JobLock {
    /** The facts about a locked job. */
    record Locked(Overlap overlap, boolean isEnabled) {}

    /**
     * Locks a job until the transaction of {@code connection} ends, waiting for it.
     *
     * @return empty when there is no such job, or it is deleted
     */
    Optional<Locked> lock(Connection connection, UUID jobId) throws SQLException;
}
