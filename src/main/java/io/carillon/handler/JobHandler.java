package io.carillon.handler;

/**
 * Does the work of one job type. Implementations are application-scoped CDI beans; {@link #run} is
 * called concurrently, each call on a virtual thread of its own, and may block.
 *
 * @param <C> the config: a record with Bean Validation constraints, read strictly from the job's
 *     JSON
 */
public interface JobHandler<C> {
    /** The name clients give as a job's {@code type}; never changes. */
    String type();

    Class<C> configType();

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
