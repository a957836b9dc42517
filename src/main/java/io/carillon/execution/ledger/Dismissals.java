package io.carillon.execution.ledger;

import io.carillon.database.SqlParameters;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Dismisses dead letters and opens them again. A dismissed one stays as it is in the ledger, and
 * can still be replayed by its id; it is only no longer among those that somebody should look at.
 * Those of deleted jobs, which are not among them anyway, stay open.
 */
@ApplicationScoped
public class Dismissals {
    /**
     * In the order in which replays lock them, oldest first; one that is locked is being replayed.
     */
    @Language("SQL")
    private static final String DISMISS =
            """
            with open as (
                select e.id, e.scheduled_at
                from execution e
                where
            """
                    + FailedExecutions.Filter.OF_OPEN
                    + """
                order by e.finished_at, e.id
                limit ?
                for no key update of e skip locked)
            update execution e set dismissed_at = ?
            where e.id = any (array(select id from open))
              and e.scheduled_at >= (select min(scheduled_at) from open)
              and e.scheduled_at <= (select max(scheduled_at) from open)
            """;

    @Language("SQL")
    private static final String COUNT =
            """
            select count(*) from (
                select from execution e
                where
            """
                    + FailedExecutions.Filter.OF_OPEN
                    + """
                limit ?) as found
            """;

    @Language("SQL")
    private static final String REOPEN =
            """
            with dismissed as (
                select e.id, e.scheduled_at
                from execution e
                where e.state = 'FAILED' and e.replayed_by is null and e.dismissed_at is not null
            """
                    + FailedExecutions.Filter.CONDITIONS
                    + """
                  and (?::timestamptz is null or e.dismissed_at = ?)
                order by e.finished_at, e.id
                limit ?
                for no key update of e skip locked)
            update execution e set dismissed_at = null
            where e.id = any (array(select id from dismissed))
              and e.scheduled_at >= (select min(scheduled_at) from dismissed)
              and e.scheduled_at <= (select max(scheduled_at) from dismissed)
            """;

    /** Counts open dead letters that pass the filter, up to a limit. */
    public int count(Connection connection, FailedExecutions.Filter filter, int limit)
            throws SQLException {
        try (var statement = connection.prepareStatement(COUNT)) {
            var parameters = new SqlParameters(statement);
            filter.set(parameters);
            statement.setInt(parameters.next(), limit);
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    /**
     * Dismisses the oldest open dead letters that pass the filter.
     *
     * @param at what is stored as the time of the dismissal
     * @return how many
     */
    public int dismiss(Connection connection, FailedExecutions.Filter filter, Instant at, int limit)
            throws SQLException {
        try (var statement = connection.prepareStatement(DISMISS)) {
            var parameters = new SqlParameters(statement);
            filter.set(parameters);
            statement.setInt(parameters.next(), limit);
            statement.setObject(parameters.next(), at.atOffset(ZoneOffset.UTC));
            return statement.executeUpdate();
        }
    }

    /**
     * Opens dismissed dead letters again, oldest first.
     *
     * @param dismissedAt only those that were dismissed at this time; null: all
     * @return how many
     */
    public int reopen(
            Connection connection,
            FailedExecutions.Filter filter,
            @Nullable Instant dismissedAt,
            int limit)
            throws SQLException {
        try (var statement = connection.prepareStatement(REOPEN)) {
            var parameters = new SqlParameters(statement);
            filter.set(parameters);
            parameters.twice(dismissedAt);
            statement.setInt(parameters.next(), limit);
            return statement.executeUpdate();
        }
    }
}
