package io.carillon.handler.heartbeat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.carillon.database.Database;
import io.carillon.handler.Outcome;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/** Keeps the last ping of each job of type {@code heartbeat}. */
@ApplicationScoped
public class Pings {
    static final String TYPE = "heartbeat";

    /** The code of an execution whose ping says that things went wrong. */
    private static final String FAILED = "PING_FAILED";

    @Language("SQL")
    private static final String RECORD =
            """
            insert into heartbeat_ping (job_id, at, failure)
            select id, clock_timestamp(), ? from job where id = ? and type = 'heartbeat' and deleted_at is null
            on conflict (job_id) do update
            set at = excluded.at, failure = excluded.failure, execution_id = null
            """;

    @Language("SQL")
    private static final String TAKE =
            """
            update heartbeat_ping set execution_id = ?
            where job_id = ? and at >= ? and (execution_id is null or execution_id = ?)
            returning at, failure
            """;

    @Language("SQL")
    private static final String ABOUT =
            """
            select j.namespace, p.at, p.failure
            from job j left join heartbeat_ping p on p.job_id = j.id
            where j.id = ? and j.type = 'heartbeat' and j.deleted_at is null
            """;

    private final Database database;

    /**
     * The heartbeat of a job.
     *
     * @param lastAt when the last ping came; null: none so far
     * @param failure what it said went wrong; null: nothing
     */
    public record About(String namespace, @Nullable Instant lastAt, @Nullable String failure) {}

    Pings(Database database) {
        this.database = database;
    }

    /**
     * Records a ping.
     *
     * @param failure what went wrong; null: nothing
     * @return false if there is no such job of this type
     */
    public boolean record(UUID jobId, @Nullable String failure) {
        return database.with(
                RECORD,
                statement -> {
                    statement.setString(1, failure);
                    statement.setObject(2, jobId);
                    return statement.executeUpdate() == 1;
                });
    }

    /** Returns the outcome that a ping stands for. */
    public static Outcome outcome(Instant at, @Nullable String failure) {
        return failure == null
                ? new Outcome.Success(
                        JsonNodeFactory.instance.objectNode().put("pingedAt", at.toString()))
                : Outcome.failure(FAILED, failure).notRetryable();
    }

    /**
     * Takes the last ping for an execution, unless another has it: one ping ends one execution.
     *
     * @param since what came before does not count
     * @return empty if there is none
     */
    public Optional<Outcome> take(UUID jobId, UUID executionId, Instant since) {
        return database.with(
                TAKE,
                statement -> {
                    statement.setObject(1, executionId);
                    statement.setObject(2, jobId);
                    statement.setObject(3, since.atOffset(ZoneOffset.UTC));
                    statement.setObject(4, executionId);
                    try (var row = statement.executeQuery()) {
                        return row.next()
                                ? Optional.of(outcome(instant(row, 1), row.getString(2)))
                                : Optional.empty();
                    }
                });
    }

    /** Returns the heartbeat of a job; empty if there is no such job of this type. */
    public Optional<About> about(UUID jobId) {
        return database.with(
                ABOUT,
                statement -> {
                    statement.setObject(1, jobId);
                    try (var row = statement.executeQuery()) {
                        return row.next()
                                ? Optional.of(
                                        new About(
                                                row.getString(1),
                                                row.getObject(2) == null ? null : instant(row, 2),
                                                row.getString(3)))
                                : Optional.empty();
                    }
                });
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
