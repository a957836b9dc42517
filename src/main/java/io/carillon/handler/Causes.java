package io.carillon.handler;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.database.BackgroundPool;
import io.carillon.database.Database;
import io.carillon.database.UuidV7;
import io.carillon.json.Json;
import io.carillon.placeholder.Cause;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/** Finds the executions that executions follow. */
@ApplicationScoped
public class Causes {
    /** Of several that a submission waited for, the first that it named. */
    @Language("SQL")
    private static final String CAUSE_OF =
            """
            select coalesce(caused_by, depends_on[1]) from execution
            where id = ? and scheduled_at >= timestamptz 'epoch' + ? * interval '1 millisecond'
              and scheduled_at < timestamptz 'epoch' + (? + 1) * interval '1 millisecond'
            """;

    /** One statement for all that a worker has claimed, since most of it follows nothing. */
    @Language("SQL")
    private static final String CAUSES_OF =
            """
            select id, coalesce(caused_by, depends_on[1]) from execution
            where id = any (?) and scheduled_at between ? and ? and (caused_by is not null or depends_on is not null)
            """;

    @Language("SQL")
    private static final String CAUSE =
            """
            select e.id, e.job_id, (select j.name from job j where j.id = e.job_id), e.state, e.error ->> 'code',
                   e.error ->> 'message', e.result
            from execution e
            where e.id = ? and e.scheduled_at >= timestamptz 'epoch' + ? * interval '1 millisecond'
              and e.scheduled_at < timestamptz 'epoch' + (? + 1) * interval '1 millisecond'
            """;

    private final Database database;
    private final Json json;

    Causes(@BackgroundPool Database database, Json json) {
        this.database = database;
        this.json = json;
    }

    /** Returns the one that an execution follows; {@link Cause#NONE} if there is none any more. */
    Cause of(UUID executionId) {
        return causeOf(executionId).map(this::find).orElse(Cause.NONE);
    }

    /**
     * Returns those that executions follow, by the ids of the latter; those that follow none are
     * absent.
     *
     * @param from the earliest {@code scheduledAt} of these executions
     * @param to the latest
     */
    public Map<UUID, Cause> of(Collection<UUID> executionIds, Instant from, Instant to) {
        var causes = new HashMap<UUID, Cause>();
        causeIds(executionIds, from, to)
                .forEach(
                        (id, causeId) -> {
                            var cause = find(causeId);
                            if (cause.executionId() != null) {
                                causes.put(id, cause);
                            }
                        });
        return causes;
    }

    private Map<UUID, UUID> causeIds(Collection<UUID> executionIds, Instant from, Instant to) {
        return database.with(
                CAUSES_OF,
                statement -> {
                    statement.setArray(
                            1,
                            statement
                                    .getConnection()
                                    .createArrayOf("uuid", executionIds.toArray()));
                    statement.setObject(2, from.atOffset(ZoneOffset.UTC));
                    statement.setObject(3, to.atOffset(ZoneOffset.UTC));
                    var ids = new HashMap<UUID, UUID>();
                    try (var row = statement.executeQuery()) {
                        while (row.next()) {
                            ids.put(row.getObject(1, UUID.class), row.getObject(2, UUID.class));
                        }
                    }
                    return ids;
                });
    }

    private Optional<UUID> causeOf(UUID executionId) {
        return database.with(
                CAUSE_OF,
                statement -> {
                    setId(statement, executionId);
                    try (var row = statement.executeQuery()) {
                        return row.next()
                                ? Optional.ofNullable(row.getObject(1, UUID.class))
                                : Optional.empty();
                    }
                });
    }

    private Cause find(UUID id) {
        return database.with(
                CAUSE,
                statement -> {
                    setId(statement, id);
                    try (var row = statement.executeQuery()) {
                        return row.next() ? causeOf(row) : Cause.NONE;
                    }
                });
    }

    private Cause causeOf(ResultSet row) throws SQLException {
        return new Cause(
                row.getObject(1, UUID.class),
                row.getObject(2, UUID.class),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                tree(row.getString(7)));
    }

    private @Nullable JsonNode tree(@Nullable String text) {
        return text == null ? null : json.tree(text);
    }

    /** With the milliseconds in it, which identify its partition. */
    private static void setId(PreparedStatement statement, UUID id) throws SQLException {
        long millis = UuidV7.epochMillis(id);
        statement.setObject(1, id);
        statement.setLong(2, millis);
        statement.setLong(3, millis);
    }
}
