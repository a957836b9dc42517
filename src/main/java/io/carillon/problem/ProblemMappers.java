package io.carillon.problem;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import io.carillon.database.DatabaseUnavailableException;
import io.carillon.database.SqlFailures;
import io.quarkus.logging.Log;
import jakarta.validation.ConstraintViolationException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jspecify.annotations.Nullable;

/**
 * Every way a request can fail, as a problem document. Never a stack trace, never a 500 for bad
 * input.
 */
class ProblemMappers {
    @ServerExceptionMapper
    Response problem(ProblemException exception, UriInfo uri) {
        return respond(exception, uri);
    }

    @ServerExceptionMapper
    Response validation(ConstraintViolationException exception, UriInfo uri) {
        return respond(
                ProblemException.invalid(Violations.of(exception.getConstraintViolations(), "")),
                uri);
    }

    /** Names the subclass too: Quarkus has a mapper of its own for it, which is no problem. */
    @ServerExceptionMapper({JsonProcessingException.class, MismatchedInputException.class})
    Response json(JsonProcessingException exception, UriInfo uri) {
        return respond(fromJackson(exception, ""), uri);
    }

    /** RESTEasy wraps what Jackson says about a body; routing errors come bare. */
    @ServerExceptionMapper
    Response web(WebApplicationException exception, UriInfo uri) {
        for (Throwable cause = exception.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof JsonProcessingException json) {
                return respond(fromJackson(json, ""), uri);
            }
            if (cause instanceof ProblemException problem) {
                return respond(problem, uri);
            }
        }
        var response = exception.getResponse();
        var kind = ProblemKind.ofStatus(response.getStatus());
        String detail =
                switch (kind) {
                    case NOT_FOUND -> "There is nothing at this path.";
                    case METHOD_NOT_ALLOWED -> "This path does not know that method.";
                    case UNSUPPORTED_MEDIA_TYPE -> "The body must be application/json.";
                    case NOT_ACCEPTABLE -> "Answers are application/json.";
                    default -> "The request could not be read.";
                };
        if (kind == ProblemKind.INTERNAL_ERROR) {
            return unexpected(exception, uri);
        }
        return respond(new ProblemException(kind, detail), uri);
    }

    /** For what has no reason of its own: the most specific mapper is asked. */
    @ServerExceptionMapper
    Response anything(Throwable exception, UriInfo uri) {
        for (Throwable cause = exception; cause != null; cause = cause.getCause()) {
            if (cause instanceof ProblemException problem) {
                return respond(problem, uri);
            }
            if (cause instanceof SQLException sql) {
                return SqlFailures.isAway(sql)
                        ? databaseUnavailable(exception, uri)
                        : unexpected(exception, uri);
            }
        }
        return exception instanceof DatabaseUnavailableException
                ? databaseUnavailable(exception, uri)
                : unexpected(exception, uri);
    }

    private static Response databaseUnavailable(Throwable cause, UriInfo uri) {
        Log.warnf("request failed, database away path=%s: %s", uri.getPath(), cause.getMessage());
        var problem =
                new ProblemException(
                        ProblemKind.DATABASE_UNAVAILABLE, "PostgreSQL does not answer; try again.");
        return Response.fromResponse(respond(problem, uri)).header("Retry-After", "1").build();
    }

    private static Response unexpected(Throwable cause, UriInfo uri) {
        Log.errorf(cause, "request failed path=%s", uri.getPath());
        return respond(
                new ProblemException(
                        ProblemKind.INTERNAL_ERROR,
                        "This is a fault of Carillon; its log says more."),
                uri);
    }

    private static Response respond(ProblemException exception, UriInfo uri) {
        var response =
                Response.status(exception.kind().status())
                        .type(Problem.MEDIA_TYPE)
                        .entity(exception.toProblem(uri.getRequestUri().getRawPath()));
        if (exception.kind() == ProblemKind.BODY_TOO_LARGE) {
            // Some of the body may still be on its way.
            response.header("Connection", "close");
        }
        if (exception.kind() == ProblemKind.QUEUE_FULL) {
            response.header("Retry-After", "1");
        }
        return response.build();
    }

    /**
     * Says in the client's words what Jackson did not like; {@code prefix} comes before field
     * paths.
     */
    static ProblemException fromJackson(JsonProcessingException exception, String prefix) {
        if (String.valueOf(exception.getOriginalMessage()).startsWith("Trailing token")) {
            return new ProblemException(
                    ProblemKind.MALFORMED_JSON, "There is something after the end of the JSON.");
        }
        if (exception instanceof JsonMappingException mapping && !isSyntax(exception)) {
            for (Throwable cause = mapping.getCause(); cause != null; cause = cause.getCause()) {
                if (cause instanceof ProblemException problem) {
                    return problem;
                }
            }
            return ProblemException.invalid(
                    Violations.join(prefix, pathOf(mapping)), messageOf(mapping));
        }
        var location = exception.getLocation();
        String where =
                location == null
                        ? ""
                        : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
        return new ProblemException(
                ProblemKind.MALFORMED_JSON,
                "The body is not JSON" + where + ": " + firstLine(exception.getOriginalMessage()));
    }

    private static boolean isSyntax(JsonProcessingException exception) {
        return exception instanceof JsonParseException
                || exception.getCause() instanceof JsonParseException;
    }

    private static String pathOf(JsonMappingException exception) {
        var path = new StringBuilder();
        for (var reference : exception.getPath()) {
            if (reference.getFieldName() == null) {
                path.append('[').append(reference.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(reference.getFieldName());
            }
        }
        return path.toString();
    }

    private static String messageOf(JsonMappingException exception) {
        return switch (exception) {
            case UnrecognizedPropertyException unknown ->
                    "unknown field; known are "
                            + unknown.getKnownPropertyIds().stream()
                                    .map(String::valueOf)
                                    .sorted()
                                    .collect(Collectors.joining(", "));
            case InvalidFormatException invalid -> invalidFormat(invalid);
            case MismatchedInputException mismatch -> mismatch(mismatch);
            default -> firstLine(exception.getOriginalMessage());
        };
    }

    private static String invalidFormat(InvalidFormatException exception) {
        var type = exception.getTargetType();
        if (type != null && type.isEnum()) {
            return "expected one of " + Arrays.toString(type.getEnumConstants());
        }
        String message = firstLine(exception.getOriginalMessage());
        int colon = message.indexOf("\": ");
        return colon < 0 ? mismatch(exception) : message.substring(colon + 3);
    }

    private static String mismatch(MismatchedInputException exception) {
        String message = firstLine(exception.getOriginalMessage());
        if (message.startsWith("expected ")) {
            return message;
        }
        var type = exception.getTargetType();
        return type == null ? "unexpected value" : "expected " + nameOf(type);
    }

    private static String nameOf(Class<?> type) {
        if (type == String.class) {
            return "a string";
        }
        if (type == Boolean.class || type == boolean.class) {
            return "true or false";
        }
        if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
            return "a number";
        }
        if (JsonNode.class.isAssignableFrom(type)) {
            return "an object";
        }
        if (type.isArray() || Iterable.class.isAssignableFrom(type)) {
            return "an array";
        }
        return type.isRecord() || Map.class.isAssignableFrom(type)
                ? "an object"
                : "a value of type " + type.getSimpleName().toLowerCase(Locale.ROOT);
    }

    private static String firstLine(@Nullable String message) {
        return message == null ? "unexpected value" : message.lines().findFirst().orElse("");
    }
}
