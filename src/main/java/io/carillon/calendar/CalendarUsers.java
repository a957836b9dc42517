package io.carillon.calendar;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Finds and changes the jobs whose schedules name a calendar. All methods run in the caller's
 * transaction.
 */
public interface CalendarUsers {

    /** Returns the jobs, without locking them. */
    List<UUID> of(Connection connection, String namespace, String calendar) throws SQLException;

    /** Returns the first of their names, in order. */
    List<String> names(Connection connection, String namespace, String calendar, int limit)
            throws SQLException;

    /**
     * Locks the jobs, in the order of their ids, and their triggers, and settles every instant up
     * to now under the old calendar.
     *
     * @return each job, and the time up to which its ledger is complete
     */
    Map<UUID, Instant> settle(Connection connection, String namespace, String calendar)
            throws SQLException;

    /**
     * Moves the settled triggers to the next instants under the new calendar, and gives the jobs a
     * new version.
     *
     * @throws io.carillon.problem.ProblemException 422 naming a job that would never fire again
     */
    void move(Connection connection, Map<UUID, Instant> settled) throws SQLException;
}
