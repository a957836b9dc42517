package io.carillon.audit.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.database.Database;
import io.carillon.database.SqlParameters;
import io.carillon.json.Json;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/** Reads the audit log, newest first. */
@ApplicationScoped
public class AuditQueries {
    @Language("SQL")
    private static final String PAGE =
            """
            select * from audit
            where id < ?
              and (?::varchar[] is null or namespace = any (?))
              and (?::varchar is null or actor = ?)
              and (?::varchar is null or action = ?)
              and (?::uuid is null or job_id = ?)
              and (?::timestamptz is null or at >= ?)
              and (?::timestamptz is null or at < ?)
            order by id desc
            limit ?
            """;

    private final Database database;
    private final Json json;

    AuditQueries(Database database, Json json) {
        this.database = database;
        this.json = json;
    }

    /**
     * Selects entries; null components do not restrict.
     *
     * @param before selects entries with a number below this
     */
    public record Filter(
            long before,
            @Nullable Set<String> namespaces,
            @Nullable String actor,
            @Nullable String action,
            @Nullable UUID jobId,
            @Nullable Instant from,
            @Nullable Instant to) {
        Filter before(long entry) {
            return new Filter(entry, namespaces, actor, action, jobId, from, to);
        }
    }

    /** Shows an entry to clients. */
    @Schema(name = "AuditEntry")
    @RegisterForReflection
    public record Entry(
            @Schema(
                            description =
                                    "The number of the entry; later entries have higher numbers",
                            examples = "4711")
                    long id,
            Instant at,
            @Schema(
                            description =
                                    "The key that was used, or carillon for what the service did by itself",
                            examples = "billing-deploys (key k3x9mw2hq7ta)")
                    String actor,
            @Schema(description = "The client's address", examples = "10.2.3.4")
                    @Nullable String address,
            @Schema(examples = "0196f4a0-1c00-7d8e-9a51-3f6f0c1c2b3a") @Nullable String requestId,
            @Schema(examples = "JOB_PAUSED") String action,
            @Schema(
                            description = "Absent if it belongs to no namespace, or to several",
                            examples = "billing")
                    @Nullable String namespace,
            @Nullable UUID jobId,
            @Schema(type = SchemaType.OBJECT, description = "What was changed, before and after")
                    ObjectNode details) {}

    public List<Entry> page(Filter filter, int limit) {
        return database.with(PAGE, statement -> read(statement, filter, limit));
    }

    private List<Entry> read(PreparedStatement statement, Filter filter, int limit)
            throws SQLException {
        var parameters = new SqlParameters(statement);
        statement.setLong(parameters.next(), filter.before);
        parameters.twice(filter.namespaces);
        parameters.twice(filter.actor, Types.VARCHAR);
        parameters.twice(filter.action, Types.VARCHAR);
        parameters.twice(filter.jobId, Types.OTHER);
        parameters.twice(filter.from);
        parameters.twice(filter.to);
        statement.setInt(parameters.next(), limit);
        var entries = new ArrayList<Entry>();
        try (var row = statement.executeQuery()) {
            while (row.next()) {
                entries.add(entryOf(row));
            }
        }
        return entries;
    }

    private Entry entryOf(ResultSet row) throws SQLException {
        return new Entry(
                row.getLong("id"),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getString("actor"),
                row.getString("address"),
                row.getString("request_id"),
                row.getString("action"),
                row.getString("namespace"),
                row.getObject("job_id", UUID.class),
                json.stored(row.getString("details"), ObjectNode.class));
    }
}
