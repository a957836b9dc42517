package io.carillon.handler.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.json.Json;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Defines what the body of an answer with a good status must contain for the attempt to succeed.
 *
 * @param contains a text that it must contain; null for any
 * @param json values by JSON Pointer (RFC 6901); numbers are compared by value, so that 1.0 is 1;
 *     null for any
 */
@RegisterForReflection
@Schema(name = "ExpectedBody", examples = "{\"contains\": \"ok\", \"json\": {\"/status\": \"ok\"}}")
public record ExpectedBody(
        @Size(min = 1, max = 1000) @Schema(description = "A text that it must contain")
                @Nullable String contains,
        @Size(min = 1, max = 20) @Schema(description = "Values by JSON Pointer")
                @Nullable
                        Map<
                                @NotNull @Size(max = 1000)
                                @Pattern(
                                        regexp = "(?:/(?:[^~/]|~[01])*)*",
                                        message = "expected a JSON Pointer such as /status")
                                String,
                                JsonNode>
                        json) {
    private static final Comparator<JsonNode> BY_VALUE =
            (one, other) ->
                    one.isNumber() && other.isNumber()
                            ? decimal(one).compareTo(decimal(other))
                            : one.equals(other) ? 0 : 1;

    /** Whether it expects anything. */
    public boolean expectsSomething() {
        return contains != null || json != null;
    }

    /** Returns what the body lacks, in a sentence that does not quote it; empty if nothing. */
    public Optional<String> lackOf(CappedBody body, Json reader) {
        String text = body.text();
        if (contains != null && !text.contains(contains)) {
            return Optional.of(
                    "the answer's body does not contain the expected text"
                            + (body.isCut() ? ", as far as it is kept" : ""));
        }
        if (json == null) {
            return Optional.empty();
        }
        JsonNode tree;
        try {
            tree = reader.tree(text);
        } catch (IllegalStateException unreadable) {
            return Optional.of(
                    body.isCut()
                            ? "the answer's body is too long to be read as JSON"
                            : "the answer's body is not JSON");
        }
        return new TreeMap<>(json)
                .entrySet().stream()
                        .filter(each -> !each.getValue().equals(BY_VALUE, tree.at(each.getKey())))
                        .findFirst()
                        .map(
                                each ->
                                        "the answer's body does not have the expected value at '"
                                                + each.getKey()
                                                + "'");
    }

    private static BigDecimal decimal(JsonNode number) {
        return number.decimalValue();
    }
}
