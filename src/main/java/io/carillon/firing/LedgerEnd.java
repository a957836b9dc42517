package io.carillon.firing;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.intellij.lang.annotations.Language;

/**
 * Finds the time up to which a job's ledger is complete: its last planned instant, or its last
 * change (creation, change or restoration), up to which its trigger had been settled, whichever is
 * later.
 */
final class LedgerEnd {
    @Language("SQL")
    private static final String OF =
            """
            select greatest(
                (select coalesce(skipped_until, scheduled_at) from execution
                 where job_id = j.id and origin = 'SCHEDULE'
                 order by scheduled_at desc
                 limit 1),
                j.updated_at)
            from job j where id = ?
            """;

    private LedgerEnd() {}

    static Instant of(Connection connection, UUID jobId) throws SQLException {
        try (var statement = connection.prepareStatement(OF)) {
            statement.setObject(1, jobId);
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getObject(1, OffsetDateTime.class).toInstant();
            }
        }
    }
}
