package io.carillon.job;

import io.carillon.definition.AfterJob;
import io.carillon.definition.JobDefinition;
import io.carillon.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/** Finds the jobs after which others run, and refuses cycles. */
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

    @Language("SQL")
    private static final String BY_NAME =
            "select id from job where namespace = ? and name = ? and deleted_at is null";

    /**
     * Returns the definition with the id of the job that it names to run after, if it names one.
     *
     * @throws ProblemException 400 if there is no job of that name in the namespace, or not exactly
     *     one of name and id
     */
    JobDefinition resolved(Connection connection, JobDefinition asked) throws SQLException {
        var after = asked.after();
        if (after == null || (after.job() == null && after.jobId() != null)) {
            return asked;
        }
        if (after.job() == null) {
            throw ProblemException.invalid(
                    "after.jobId", "must not be null, unless after.job names the job");
        }
        if (after.jobId() != null) {
            throw ProblemException.invalid("after.job", "give either jobId or job");
        }
        try (var statement = connection.prepareStatement(BY_NAME)) {
            statement.setString(1, asked.namespace());
            statement.setString(2, after.job());
            try (var row = statement.executeQuery()) {
                if (!row.next()) {
                    throw ProblemException.invalid(
                            "after.job", "there is no job '" + after.job() + "' in this namespace");
                }
                return asked.withAfter(AfterJob.of(row.getObject(1, UUID.class), after.on()));
            }
        }
    }

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
