package io.carillon.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.carillon.problem.Problem.Violation;
import jakarta.inject.Singleton;
import jakarta.validation.Validator;
import java.util.ArrayList;
import java.util.List;

/** JSON within a request or a column, read and validated by the same rules as a body. */
@Singleton
public final class Json {
    private final ObjectMapper mapper;
    private final Validator validator;

    Json(ObjectMapper mapper, Validator validator) {
        this.mapper = mapper;
        this.validator = validator;
    }

    /** Reads what Carillon itself stored; a failure is a fault. */
    public <T> T stored(String json, Class<T> type) {
        try {
            return mapper.readValue(json, type);
        } catch (JsonProcessingException fault) {
            throw new IllegalStateException("Unreadable JSON in the database", fault);
        }
    }

    public JsonNode tree(String json) {
        return stored(json, JsonNode.class);
    }

    public JsonNode tree(Object value) {
        return mapper.valueToTree(value);
    }

    public String text(Object value) {
        try {
            return mapper.writeValueAsString(value);
        } catch (JsonProcessingException fault) {
            throw new IllegalStateException("Unwritable as JSON: " + value.getClass(), fault);
        }
    }

    /**
     * Reads a client's JSON as {@code type} and validates it.
     *
     * @param prefix what comes before field paths in violations, such as {@code config.}
     * @throws ProblemException 400 with every violation
     */
    public <T> T read(JsonNode json, Class<T> type, String prefix) {
        T value;
        try {
            value = mapper.treeToValue(json, type);
        } catch (JsonProcessingException invalid) {
            throw ProblemMappers.fromJackson(invalid, prefix);
        }
        if (value == null) {
            throw ProblemException.invalid(Violations.join(prefix, ""), "expected an object");
        }
        List<Violation> violations =
                new ArrayList<>(Violations.of(validator.validate(value), prefix));
        if (!violations.isEmpty()) {
            throw ProblemException.invalid(violations);
        }
        return value;
    }
}
