package io.carillon.handler.noop;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.carillon.handler.ExecutionContext;
import io.carillon.handler.JobHandler;
import io.carillon.handler.Outcome;
import jakarta.enterprise.context.ApplicationScoped;

/** Sleeps, fails a given number of times, or does nothing. */
@ApplicationScoped
class NoopHandler implements JobHandler<NoopConfig> {
    @Override
    public String type() {
        return "noop";
    }

    @Override
    public Class<NoopConfig> configType() {
        return NoopConfig.class;
    }

    @Override
    public Outcome run(ExecutionContext<NoopConfig> context) throws InterruptedException {
        var config = context.config();
        if (config.sleep() != null) {
            Thread.sleep(config.sleep());
        }
        String message = config.message();
        if (config.failures() != null && context.attempt() <= config.failures()) {
            return Outcome.failure("NOOP_FAILURE", message == null ? "told to fail" : message);
        }
        return message == null
                ? Outcome.success()
                : new Outcome.Success(
                        JsonNodeFactory.instance.objectNode().put("message", message));
    }
}
