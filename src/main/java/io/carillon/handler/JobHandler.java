package io.carillon.handler;

import io.carillon.placeholder.Where;
import io.carillon.problem.Problem.Violation;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Does the work of one job type. Implementations are application-scoped CDI beans; {@link #run} is
 * called concurrently, each call on a virtual thread of its own, and may block.
 *
 * <p>docs/job-types.md shows by an example how to make a type.
 *
 * @param <C> the config: a record with Bean Validation constraints, read strictly from the job's
 *     JSON; described by {@code @Schema}, and registered for native executables by itself
 */
public interface JobHandler<C> {
    /** Returns the name that clients use as a job's {@code type}; it must never change. */
    String type();

    Class<C> configType();

    /**
     * Returns the fields of the config that may have placeholders, and where the text of each goes.
     * They are filled before the config is read, so a handler never sees them. None by default.
     */
    default Map<String, Where> placeholders() {
        return Map.of();
    }

    /**
     * Returns the violations of a config that satisfies its constraints, each with the field under
     * {@code config}. Called when a job or submission is saved, not before an attempt. Returns none
     * by default.
     */
    default List<Violation> check(C config) {
        return List.of();
    }

    /**
     * As {@link #check(Object)}, which it includes, with what depends on the namespace.
     *
     * @param namespace of the job or submission
     */
    default List<Violation> check(C config, String namespace) {
        return check(config);
    }

    /**
     * Makes one attempt.
     *
     * @return the outcome; an expected failure is a value, not an exception
     * @throws InterruptedException if the attempt timed out, was cancelled, or the worker lost its
     *     lease
     * @throws Exception is a failure with code {@code HANDLER_ERROR} and is retried
     */
    Outcome run(ExecutionContext<C> context) throws Exception;

    /**
     * Returns the outcome of an execution whose answer is overdue, after {@link #run} returned
     * {@link Outcome.Deferred}. By default it is a failure with code {@code NO_ANSWER}, which is
     * retried as the retry policy says.
     *
     * @param jobId null for a submission
     */
    default Outcome unanswered(UUID executionId, @Nullable UUID jobId, Instant scheduledAt) {
        return Outcome.failure("NO_ANSWER", "no answer came in time");
    }
}
