package io.carillon.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.carillon.problem.Problem.Violation;
import jakarta.inject.Singleton;
import jakarta.validation.Validator;
import java.util.ArrayList;
import java.util.List;

/**
 * JSON within a request, read and validated by the same strict rules as a body, or within a column,
 * read as far as this version can.
 */
@Singleton
public final class Json {
    private final ObjectMapper mapper;
    private final ObjectReader lenient;
    private final Validator validator;

    Json(ObjectMapper mapper, Validator validator) {
        this.mapper = mapper;
        this.lenient = mapper.reader().without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
        this.validator = validator;
    }

    /**
     * Reads what Carillon itself stored. A newer version, while replicas are updated one by one,
     * may have stored fields that this one does not know: they are ignored.
     *
     * @throws IllegalStateException if it cannot be read at all; the message says why
     */
    public <T> T stored(String json, Class<T> type) {
        try {
            T value = lenient.forType(type).readValue(json);
            if (value == null) {
                throw new IllegalStateException("Unreadable JSON in the database: it is null");
            }
            return value;
        } catch (JsonProcessingException fault) {
            throw new IllegalStateException(
                    "Unreadable JSON in the database: " + firstLine(fault), fault);
        }
    }

    private static String firstLine(JsonProcessingException fault) {
        return String.valueOf(fault.getOriginalMessage()).lines().findFirst().orElse("");
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
