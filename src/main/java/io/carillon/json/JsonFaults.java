package io.carillon.json;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import io.carillon.problem.Problem.Violation;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.carillon.problem.Violations;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Describes errors in JSON in the client's words, without names of classes, libraries or settings.
 */
public final class JsonFaults {
    /** Words that the parser adds for the programmer who configures it. */
    private static final Pattern ASIDE =
            Pattern.compile(" ?\\((start marker|from `)[^)]*\\)+|: enable `.*|\\[Source:.*");

    private static final Pattern FOR_PROGRAMMERS =
            Pattern.compile(
                    "`|[A-Z]_[A-Z]|Feature|Stream|[a-z]\\.[a-z]+\\.|Source:|Exception|Jackson");

    private JsonFaults() {}

    /** Returns the first error as a problem; {@code prefix} comes before field paths. */
    public static ProblemException problem(JsonProcessingException exception, String prefix) {
        return exception instanceof JsonMappingException mapping && isOfAField(exception)
                ? ProblemException.invalid(
                        Violations.join(prefix, pathOf(mapping.getPath())), messageOf(mapping))
                : malformed(exception);
    }

    /** Whether the text is JSON but one of its fields is wrong. */
    public static boolean isOfAField(JsonProcessingException exception) {
        return exception instanceof JsonMappingException
                && !isTrailing(exception)
                && !(exception.getCause() instanceof JsonParseException)
                && !(exception.getCause() instanceof StreamConstraintsException);
    }

    private static boolean isTrailing(JsonProcessingException exception) {
        return String.valueOf(exception.getOriginalMessage()).startsWith("Trailing token");
    }

    private static ProblemException malformed(JsonProcessingException exception) {
        if (isTrailing(exception)) {
            return new ProblemException(
                    ProblemKind.MALFORMED_JSON, "There is something after the end of the JSON.");
        }
        var location = exception.getLocation();
        String where =
                location == null || location.getLineNr() < 1
                        ? ""
                        : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
        String reason = ASIDE.matcher(firstLine(exception.getOriginalMessage())).replaceAll("");
        return new ProblemException(
                ProblemKind.MALFORMED_JSON,
                "The body is not JSON"
                        + where
                        + (FOR_PROGRAMMERS.matcher(reason).find() ? "." : ": " + reason.strip()));
    }

    static String pathOf(List<JsonMappingException.Reference> references) {
        var path = new StringBuilder();
        for (var reference : references) {
            if (reference.getFieldName() == null) {
                path.append('[').append(reference.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(reference.getFieldName());
            }
        }
        return path.toString();
    }

    /** Returns a violation for an error in a field. */
    static Violation violation(JsonMappingException exception) {
        return new Violation(pathOf(exception.getPath()), messageOf(exception));
    }

    /**
     * @param hint a name that was probably meant
     * @param known the names that exist
     */
    public static String unknown(
            String what, @Nullable String hint, List<String> known, String whenNoneIsKnown) {
        return what
                + (hint == null ? "" : "; did you mean " + hint + "?")
                + (known.isEmpty()
                        ? "; " + whenNoneIsKnown
                        : (hint == null ? "; known are " : " Known are ")
                                + String.join(", ", known));
    }

    private static String messageOf(JsonMappingException exception) {
        return switch (exception) {
            case UnreadableField ours -> String.valueOf(ours.getOriginalMessage());
            case UnrecognizedPropertyException unknown ->
                    unknown(
                            "unknown field",
                            null,
                            unknown.getKnownPropertyIds().stream()
                                    .map(String::valueOf)
                                    .sorted()
                                    .toList(),
                            "there are none");
            case MismatchedInputException mismatch -> expected(mismatch.getTargetType());
            default -> "cannot be read";
        };
    }

    private static String expected(@Nullable Class<?> type) {
        if (type == null) {
            return "unexpected value";
        }
        if (type.isEnum()) {
            return "expected one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(String::valueOf)
                            .collect(Collectors.joining(", "));
        }
        return "expected " + nameOf(type);
    }

    private static String nameOf(Class<?> type) {
        if (type == String.class) {
            return "a string";
        }
        if (type == Boolean.class || type == boolean.class) {
            return "true or false";
        }
        if (type == Integer.class || type == int.class) {
            return "a whole number from " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE;
        }
        if (type == Long.class || type == long.class) {
            return "a whole number";
        }
        if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
            return "a number";
        }
        if (type == UUID.class) {
            return "a UUID";
        }
        if (type.isArray() || Iterable.class.isAssignableFrom(type) && !isJson(type)) {
            return "an array";
        }
        return type.isRecord() || Map.class.isAssignableFrom(type) || isJson(type)
                ? "an object"
                : "another value";
    }

    private static boolean isJson(Class<?> type) {
        return JsonNode.class.isAssignableFrom(type);
    }

    private static String firstLine(@Nullable String message) {
        return message == null ? "" : message.lines().findFirst().orElse("");
    }
}
