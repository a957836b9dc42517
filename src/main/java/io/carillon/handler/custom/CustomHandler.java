package io.carillon.handler.custom;

import io.carillon.handler.ExecutionContext;
import io.carillon.handler.JobHandler;
import io.carillon.handler.Outcome;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Describes the type. Remote workers claim its executions; only an execution whose stored config
 * names no task comes here, and its config makes it fail before this is called.
 */
@ApplicationScoped
public class CustomHandler implements JobHandler<CustomConfig> {
    /** The name of the type. */
    public static final String TYPE = "custom";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Class<CustomConfig> configType() {
        return CustomConfig.class;
    }

    @Override
    public Outcome run(ExecutionContext<CustomConfig> context) {
        return Outcome.failure("NO_TASK", "it was made without a task, so no worker can claim it")
                .notRetryable();
    }
}
