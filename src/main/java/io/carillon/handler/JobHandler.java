package io.carillon.handler;

import io.carillon.placeholder.Where;
import io.carillon.problem.Problem.Violation;
import java.util.List;
import java.util.Map;

/**
 * Does the work of one job type. Implementations are application-scoped CDI beans; {@link #run} is
 * called concurrently, each call on a virtual thread of its own, and may block.
 *
 * <p>docs/job-types.md says with an example how a type is made.
 *
 * @param <C> the config: a record with Bean Validation constraints, read strictly from the job's
 *     JSON; described by {@code @Schema}, and registered for native executables by itself
 */
public interface JobHandler<C> {
    /** The name clients give as a job's {@code type}; never changes. */
    String type();

    Class<C> configType();

    /**
     * The fields of the config that may have placeholders, and where the text of each goes. They
     * are filled before the config is read, so a handler knows nothing of them. None by default.
     */
    default Map<String, Where> placeholders() {
        return Map.of();
    }

    /**
     * Returns what is wrong with a config that satisfies its constraints, each with the field under
     * {@code config}; asked when a job or submission is saved, not before an attempt. None unless a
     * handler has something to check.
     */
    default List<Violation> check(C config) {
        return List.of();
    }

    /**
     * Makes one attempt.
     *
     * @return what came of it; a failure that was foreseen is a value, not an exception
     * @throws InterruptedException when the attempt timed out, was cancelled, or the worker lost
     *     its lease
     * @throws Exception is a failure with code {@code HANDLER_ERROR} and is retried
     */
    Outcome run(ExecutionContext<C> context) throws Exception;
}
