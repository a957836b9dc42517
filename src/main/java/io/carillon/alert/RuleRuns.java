package io.carillon.alert;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.database.DatabaseClock;
import io.carillon.definition.JobLock;
import io.carillon.execution.Origin;
import io.carillon.execution.SkipReason;
import io.carillon.execution.follow.JobRuns;
import io.carillon.handler.custom.CustomHandler;
import io.carillon.json.Json;
import io.carillon.placeholder.Placeholders;
import io.carillon.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Runs the jobs of rules that do so in place of sending a message. The run follows the execution
 * that the news is about, and gets the news as its input where its type has room for it. A paused
 * job is not run: its execution is skipped.
 */
@ApplicationScoped
class RuleRuns {
    @Language("SQL")
    private static final String CONFIG = "select type, config from job where id = ?";

    private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");

    private final JobLock jobLock;
    private final JobRuns runs;
    private final DatabaseClock clock;
    private final Json json;

    RuleRuns(JobLock jobLock, JobRuns runs, DatabaseClock clock, Json json) {
        this.jobLock = jobLock;
        this.runs = runs;
        this.clock = clock;
        this.json = json;
    }

    /**
     * @param input what there is to tell
     * @param causedBy the execution that it is about; null if it is about none, or several
     * @return the execution
     * @throws ProblemException 404 if the job is gone
     */
    UUID run(Connection connection, UUID jobId, ObjectNode input, @Nullable UUID causedBy)
            throws SQLException {
        var job =
                jobLock.lock(connection, jobId)
                        .orElseThrow(() -> ProblemException.notFound("job", jobId));
        var wanted =
                new JobRuns.Wanted(
                        jobId,
                        Origin.MANUAL,
                        clock.now(),
                        null,
                        config(connection, jobId, input),
                        null,
                        causedBy);
        return job.isEnabled()
                ? runs.add(connection, wanted, job.overlap())
                : runs.addSkipped(connection, wanted, SkipReason.PAUSED);
    }

    /** Returns the job's config with the input in it; null if there is no room for it. */
    private @Nullable String config(Connection connection, UUID jobId, ObjectNode input)
            throws SQLException {
        try (var statement = connection.prepareStatement(CONFIG)) {
            statement.setObject(1, jobId);
            try (var row = statement.executeQuery()) {
                if (!row.next() || !(json.tree(row.getString(2)) instanceof ObjectNode config)) {
                    return null;
                }
                return given(row.getString(1), config, input) ? json.text(config) : null;
            }
        }
    }

    private static boolean given(String type, ObjectNode config, ObjectNode input) {
        if (type.equals(CustomHandler.TYPE)) {
            var payload = config.path("payload");
            if (payload.isMissingNode() || payload.isNull()) {
                payload = config.putObject("payload");
            }
            if (payload instanceof ObjectNode object) {
                object.set("alert", input);
                return true;
            }
            return false;
        }
        boolean hasBody = WITH_BODY.contains(config.path("method").asText(""));
        if (type.equals("http") && hasBody && !config.hasNonNull("body")) {
            config.set("body", Placeholders.literal(input));
            return true;
        }
        return false;
    }
}
