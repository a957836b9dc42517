package io.carillon.execution;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.carillon.handler.ExecutionContext;
import io.carillon.handler.JobHandler;
import io.carillon.handler.Outcome;
import io.quarkus.arc.properties.IfBuildProperty;
import io.quarkus.test.junit.QuarkusTestProfile;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;

/** A handler that ends as no handler should. */
@ApplicationScoped
@IfBuildProperty(name = "test.failing-handler", stringValue = "true")
class FailingHandler implements JobHandler<JsonNode> {
    /** How it ends. */
    enum How {
        OUT_OF_MEMORY,
        INTERNAL_ERROR,
        STACK_OVERFLOW,
        HOSTILE_EXCEPTION,
        DEEP_RESULT,
        LONG_MESSAGE,
        WELL
    }

    /** A replica that has this handler. */
    public static final class Profile implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("test.failing-handler", "true");
        }
    }

    private static final class HostileException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("not even a message");
        }
    }

    @Override
    public String type() {
        return "failing";
    }

    @Override
    public Class<JsonNode> configType() {
        return JsonNode.class;
    }

    @Override
    public Outcome run(ExecutionContext<JsonNode> context) {
        return switch (How.valueOf(context.config().get("how").textValue())) {
            case OUT_OF_MEMORY -> throw new OutOfMemoryError("Java heap space");
            case INTERNAL_ERROR -> throw new InternalError("a fault of the machine");
            case STACK_OVERFLOW -> throw new StackOverflowError();
            case HOSTILE_EXCEPTION -> throw new HostileException();
            case DEEP_RESULT -> new Outcome.Success(nested(200_000));
            case LONG_MESSAGE -> Outcome.failure("LONG", "x".repeat(380_000));
            case WELL -> Outcome.success();
        };
    }

    private static JsonNode nested(int depth) {
        JsonNode node = JsonNodeFactory.instance.arrayNode();
        for (int level = 0; level < depth; level++) {
            node = JsonNodeFactory.instance.arrayNode().add(node);
        }
        return node;
    }
}
