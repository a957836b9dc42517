package io.carillon.execution.ledger;

import io.carillon.database.Database;
import io.carillon.database.SqlParameters;
import io.carillon.security.Scope;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Reads open dead letters, which nobody has replayed or dismissed, latest end first, without their
 * results and configs, which may be large. Those of deleted jobs, which cannot be replayed, are
 * left out.
 */
@ApplicationScoped
public class FailedExecutions {
    /** In the order of the index of dead letters. */
    @Language("SQL")
    static final String LATEST =
            """
            select e.id, e.job_id, e.type, e.namespace, e.finished_at, e.error ->> 'code', left(e.error ->> 'message', ?)
            from execution e
            where e.state = 'FAILED' and e.replayed_by is null and e.dismissed_at is null
              and (?::timestamptz is null or e.finished_at >= ?)
              and (?::varchar[] is null or e.namespace = any (?))
              and (e.job_id is null
                   or exists (select from job j where j.id = e.job_id and j.deleted_at is null))
            order by e.finished_at desc
            limit ?
            """;

    private static final int LONGEST_MESSAGE = 300;

    private final Database database;

    FailedExecutions(Database database) {
        this.database = database;
    }

    /**
     * Selects dead letters; null components do not restrict.
     *
     * @param submitted true: submissions, which belong to no job; false: executions of jobs
     */
    @RegisterForReflection
    public record Filter(
            @Nullable UUID jobId,
            @Nullable Boolean submitted,
            @Nullable Set<String> namespaces,
            @Nullable String type,
            @Nullable String queue,
            @Nullable String errorCode,
            @Nullable Instant from,
            @Nullable Instant to) {

        /** The conditions of an execution {@code e}, whose parameters {@link #set} sets. */
        @Language("SQL")
        public static final String CONDITIONS =
                """
                and (?::uuid is null or e.job_id = ?)
                and (?::boolean is null or (e.job_id is null) = ?)
                and (?::varchar[] is null or e.namespace = any (?))
                and (?::varchar is null or e.type = ?)
                and (?::varchar is null or e.queue = ?)
                and (?::varchar is null or e.error ->> 'code' = ?)
                and (?::timestamptz is null or e.finished_at >= ?)
                and (?::timestamptz is null or e.finished_at < ?)
                """;

        /** The same of open dead letters, without those of deleted jobs. */
        @Language("SQL")
        public static final String OF_OPEN =
                """
                e.state = 'FAILED' and e.replayed_by is null and e.dismissed_at is null
                and (e.job_id is null
                     or exists (select from job j where j.id = e.job_id and j.deleted_at is null))
                """
                        + CONDITIONS;

        /** Sets the parameters of the conditions, in the order of the components, each twice. */
        public void set(SqlParameters parameters) throws SQLException {
            parameters.twice(jobId, Types.OTHER);
            parameters.twice(submitted, Types.BOOLEAN);
            parameters.twice(namespaces);
            parameters.twice(type, Types.VARCHAR);
            parameters.twice(queue, Types.VARCHAR);
            parameters.twice(errorCode, Types.VARCHAR);
            parameters.twice(from);
            parameters.twice(to);
        }
    }

    /**
     * A dead letter.
     *
     * @param jobId null for a submission
     * @param code of its last error; empty if it has none
     * @param message of its last error, cut; empty if it has none
     */
    public record Failed(
            UUID id,
            @Nullable UUID jobId,
            String type,
            String namespace,
            Instant finishedAt,
            String code,
            String message) {}

    /**
     * Returns the latest dead letters that the caller may see.
     *
     * @param since none that failed before; null: any
     */
    public List<Failed> latest(Scope scope, @Nullable Instant since, int limit) {
        return database.with(
                LATEST,
                statement -> {
                    var parameters = new SqlParameters(statement);
                    statement.setInt(parameters.next(), LONGEST_MESSAGE);
                    parameters.twice(since);
                    parameters.twice(scope.visible().orElse(null));
                    statement.setInt(parameters.next(), limit);
                    var failed = new ArrayList<Failed>();
                    try (var row = statement.executeQuery()) {
                        while (row.next()) {
                            String code = row.getString(6);
                            String message = row.getString(7);
                            failed.add(
                                    new Failed(
                                            row.getObject(1, UUID.class),
                                            row.getObject(2, UUID.class),
                                            row.getString(3),
                                            row.getString(4),
                                            row.getObject(5, OffsetDateTime.class).toInstant(),
                                            code == null ? "" : code,
                                            message == null ? "" : message));
                        }
                    }
                    return failed;
                });
    }
}
