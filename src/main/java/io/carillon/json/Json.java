package io.carillon.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.carillon.problem.Problem.Violation;
import io.carillon.problem.ProblemException;
import io.carillon.problem.Violations;
import jakarta.inject.Singleton;
import jakarta.validation.Validator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes JSON: in a request, validated by the same strict rules as a body; in a column,
 * as far as this version can read it.
 */
@Singleton
public final class Json {
    /** Reads any JSON, whether it can be stored or not, and keeps numbers as they are written. */
    private static final ObjectReader PLAIN =
            JsonMapper.builder()
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .build()
                    .readerFor(JsonNode.class);

    private final ObjectMapper mapper;
    private final ObjectReader lenient;
    private final Validator validator;

    Json(ObjectMapper mapper, Validator validator) {
        this.mapper = mapper;
        this.lenient = mapper.reader().without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
        this.validator = validator;
    }

    /**
     * Reads JSON that Carillon stored. Ignores unknown fields, because during a rolling update a
     * newer version may have stored fields that this version does not know.
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

    /** Returns UTF-8. */
    public byte[] bytes(JsonNode tree) {
        return text(tree).getBytes(StandardCharsets.UTF_8);
    }

    /** Returns JSON as YAML that its versions read alike. */
    public String yaml(JsonNode tree) {
        return YamlTree.write(mapper, tree);
    }

    /**
     * Reads a client's JSON as {@code type} and validates it.
     *
     * @param prefix the prefix of field paths in violations, such as {@code config.}
     * @throws ProblemException 400 with every violation
     */
    public <T> T read(JsonNode json, Class<T> type, String prefix) {
        T value;
        try {
            value = mapper.treeToValue(json, type);
        } catch (JsonProcessingException invalid) {
            try {
                value = type.cast(whole(List.of()).read(json.deepCopy(), typeOf(type), List.of()));
            } catch (ProblemException problem) {
                throw problem.within(prefix);
            }
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

    /**
     * Reads a body that could not be read as usual; the result is not validated yet.
     *
     * @param answer the type with the body's read-only fields; null if there are none
     * @param queryParameters the operation's query parameters
     * @throws ProblemException 400 with every violation
     */
    public @Nullable Object readWhole(
            byte[] body, Type type, @Nullable Class<?> answer, List<String> queryParameters) {
        JsonNode tree;
        try {
            tree = PLAIN.readTree(body);
        } catch (JsonProcessingException malformed) {
            throw JsonFaults.problem(malformed, "");
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        var target = typeOf(type);
        return whole(queryParameters)
                .read(tree, target, answer == null ? Set.of() : readOnly(answer, target));
    }

    /** Whether a type has a field of this name. */
    public boolean hasField(Class<?> type, String name) {
        return type.isRecord() && names(type).contains(name);
    }

    private Set<String> readOnly(Class<?> answer, JavaType request) {
        var names = names(answer);
        names.removeAll(names(request.getRawClass()));
        return names;
    }

    private Set<String> names(Class<?> type) {
        return WholeReading.properties(mapper, type).stream()
                .map(BeanPropertyDefinition::getName)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private JavaType typeOf(Type type) {
        return mapper.constructType(type);
    }

    private WholeReading whole(List<String> queryParameters) {
        return new WholeReading(mapper, validator, queryParameters);
    }
}
