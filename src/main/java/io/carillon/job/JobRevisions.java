package io.carillon.job;

import io.carillon.database.ArrayParameters;
import io.carillon.definition.JobDefinition;
import io.carillon.json.Json;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.intellij.lang.annotations.Language;

/** Reads and writes the table of replaced versions; the version in force is the job's row. */
@ApplicationScoped
public class JobRevisions {
    /** How many revisions of a job are kept; older ones are deleted. */
    static final int MAX_REVISIONS = 1000;

    @Language("SQL")
    private static final String INSERT =
            """
            insert into job_revision (job_id, version, definition, at, actor, change, note)
            select r.job_id, r.version, r.definition::jsonb, r.at, r.actor, r.change, r.note
            from unnest(?::uuid[], ?::bigint[], ?::varchar[], ?::timestamptz[], ?::varchar[], ?::varchar[],
                        ?::varchar[])
                     as r (job_id, version, definition, at, actor, change, note)
            """;

    @Language("SQL")
    private static final String FORGET =
            """
            delete from job_revision r
            using unnest(?::uuid[], ?::bigint[]) as replaced (job_id, version)
            where r.job_id = replaced.job_id and r.version <= replaced.version - ?
            """;

    @Language("SQL")
    private static final String PAGE =
            """
            select version, definition, at, actor, change, note from job_revision
            where job_id = ? and version < ?
            order by version desc
            offset ?
            limit ?
            """;

    @Language("SQL")
    private static final String NEXT =
            """
            select version, definition, at, actor, change, note from job_revision
            where job_id = ? and version > ?
            order by version
            limit 1
            """;

    @Language("SQL")
    private static final String COUNT = "select count(*) from job_revision where job_id = ?";

    @Language("SQL")
    private static final String IN_FORCE =
            """
            select version, definition, at, actor, change, note from job_revision
            where job_id = ? and at < ?
            order by version desc
            limit 1
            """;

    private final Json json;

    JobRevisions(Json json) {
        this.json = json;
    }

    /** Stores a version that is being replaced. */
    void add(Connection connection, UUID jobId, Revision revision) throws SQLException {
        addAll(connection, Map.of(jobId, revision));
    }

    /** Stores versions that are replaced together, by job id. */
    void addAll(Connection connection, Map<UUID, Revision> replaced) throws SQLException {
        var rows = List.copyOf(replaced.entrySet());
        try (var statement = connection.prepareStatement(INSERT)) {
            new ArrayParameters<>(statement, 1, rows)
                    .add("uuid", Map.Entry::getKey)
                    .longs(row -> row.getValue().version())
                    .texts(row -> json.text(row.getValue().definition()))
                    .add("timestamptz", row -> row.getValue().at().toString())
                    .texts(row -> row.getValue().actor())
                    .texts(row -> row.getValue().change().name())
                    .texts(row -> row.getValue().note());
            statement.executeUpdate();
        }
        try (var statement = connection.prepareStatement(FORGET)) {
            new ArrayParameters<>(statement, 1, rows)
                    .add("uuid", Map.Entry::getKey)
                    .longs(row -> row.getValue().version());
            statement.setInt(3, MAX_REVISIONS);
            statement.executeUpdate();
        }
    }

    /** Returns replaced versions before {@code version}, newest first. */
    public List<Revision> before(Connection connection, UUID jobId, long version, int limit)
            throws SQLException {
        return page(connection, jobId, version, 0, limit);
    }

    /** Returns replaced versions, newest first, without the first {@code offset}. */
    public List<Revision> page(Connection connection, UUID jobId, long offset, int limit)
            throws SQLException {
        return page(connection, jobId, Long.MAX_VALUE, offset, limit);
    }

    private List<Revision> page(
            Connection connection, UUID jobId, long before, long offset, int limit)
            throws SQLException {
        try (var statement = connection.prepareStatement(PAGE)) {
            statement.setObject(1, jobId);
            statement.setLong(2, before);
            statement.setLong(3, offset);
            statement.setInt(4, limit);
            return read(statement);
        }
    }

    /** Returns the replaced version that followed another. */
    public Optional<Revision> after(Connection connection, UUID jobId, long version)
            throws SQLException {
        try (var statement = connection.prepareStatement(NEXT)) {
            statement.setObject(1, jobId);
            statement.setLong(2, version);
            return read(statement).stream().findFirst();
        }
    }

    /** A replaced version. */
    Optional<Revision> find(Connection connection, UUID jobId, long version) throws SQLException {
        return version == Long.MAX_VALUE
                ? Optional.empty()
                : before(connection, jobId, version + 1, 1).stream()
                        .filter(found -> found.version() == version)
                        .findFirst();
    }

    /**
     * Returns the replaced version that was in force at an instant, or else the newest before it.
     */
    public Optional<Revision> inForce(Connection connection, UUID jobId, Instant at)
            throws SQLException {
        try (var statement = connection.prepareStatement(IN_FORCE)) {
            statement.setObject(1, jobId);
            statement.setObject(2, at.atOffset(ZoneOffset.UTC));
            return read(statement).stream().findFirst();
        }
    }

    public long count(Connection connection, UUID jobId) throws SQLException {
        try (var statement = connection.prepareStatement(COUNT)) {
            statement.setObject(1, jobId);
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private List<Revision> read(PreparedStatement statement) throws SQLException {
        var revisions = new ArrayList<Revision>();
        try (var row = statement.executeQuery()) {
            while (row.next()) {
                revisions.add(revisionOf(row));
            }
        }
        return revisions;
    }

    private Revision revisionOf(ResultSet row) throws SQLException {
        return new Revision(
                row.getLong("version"),
                json.stored(row.getString("definition"), JobDefinition.class),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getString("actor"),
                JobChange.valueOf(row.getString("change")),
                row.getString("note"));
    }
}
