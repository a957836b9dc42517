package io.carillon.job;

import io.carillon.definition.AfterJob;
import io.carillon.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/** Refuses cycles of jobs that run after each other. */
@ApplicationScoped
class JobChains {
    /** Two changes that close a cycle together must not both see it open. */
    @Language("SQL")
    private static final String ONE_CHANGE_AT_A_TIME =
            "select pg_advisory_xact_lock(hashtextextended('carillon.after', 0))";

    @Language("SQL")
    private static final String CHAIN =
            """
            with recursive chain as (
                select id, after_job_id from job where id = ? and namespace = ? and deleted_at is null
                union
                select j.id, j.after_job_id from job j join chain on j.id = chain.after_job_id)
            select id from chain
            """;

    /**
     * Checks which job another is to run after, in the transaction that stores this.
     *
     * @param jobId the job; null if it is new, so that no job runs after it yet
     * @throws ProblemException 400 if there is no such job in the namespace, or it already runs
     *     after this one
     */
    void check(
            Connection connection,
            @Nullable UUID jobId,
            @Nullable String namespace,
            @Nullable AfterJob after)
            throws SQLException {
        if (after == null) {
            return;
        }
        if (jobId != null) {
            try (var statement = connection.prepareStatement(ONE_CHANGE_AT_A_TIME)) {
                statement.execute();
            }
        }
        boolean exists = false;
        try (var statement = connection.prepareStatement(CHAIN)) {
            statement.setObject(1, after.jobId());
            statement.setString(2, namespace);
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    exists = true;
                    if (row.getObject(1, UUID.class).equals(jobId)) {
                        throw ProblemException.invalid(
                                "after.jobId",
                                "that job runs after this one, which would make a cycle");
                    }
                }
            }
        }
        if (!exists) {
            throw ProblemException.invalid(
                    "after.jobId", "there is no job " + after.jobId() + " in this namespace");
        }
    }
}
