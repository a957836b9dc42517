package io.carillon.calendar;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The jobs whose schedules name a calendar. All calls are made in the caller's transaction. */
public interface CalendarUsers {

    /** The jobs, without a lock. */
    List<UUID> of(Connection connection, String namespace, String calendar) throws SQLException;

    /** Their names, in order, at most so many. */
    List<String> names(Connection connection, String namespace, String calendar, int limit)
            throws SQLException;

    /**
     * Locks the jobs, by id, and their triggers, and accounts for every instant up to now while the
     * calendar is still as it was.
     *
     * @return each job, and until when its ledger is complete
     */
    Map<UUID, Instant> settle(Connection connection, String namespace, String calendar)
            throws SQLException;

    /**
     * Moves the settled triggers of jobs to what their schedules say with the calendar as it is
     * now, and gives the jobs a new version.
     *
     * @throws io.carillon.problem.ProblemException 422 naming a job that would never fire again
     */
    void move(Connection connection, Map<UUID, Instant> settled) throws SQLException;
}
