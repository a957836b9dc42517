package io.carillon.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.carillon.database.SqlFailures;
import io.carillon.json.JsonFaults;
import io.carillon.problem.Problem;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.carillon.problem.Violations;
import io.quarkus.logging.Log;
import jakarta.validation.ConstraintViolationException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.sql.SQLException;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/**
 * Turns every failure of a request into a problem document. Never a stack trace, never a 500 for
 * bad input.
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

    /**
     * Also names the subclass: Quarkus has its own mapper for it, which does not answer a problem
     * document.
     */
    @ServerExceptionMapper({JsonProcessingException.class, MismatchedInputException.class})
    Response json(JsonProcessingException exception, UriInfo uri) {
        return respond(JsonFaults.problem(exception, ""), uri);
    }

    /** RESTEasy wraps Jackson's errors about a body; routing errors are not wrapped. */
    @ServerExceptionMapper
    Response web(WebApplicationException exception, UriInfo uri) {
        for (Throwable cause = exception.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof JsonProcessingException json) {
                return respond(JsonFaults.problem(json, ""), uri);
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
                    case METHOD_NOT_ALLOWED -> "This path does not support that method.";
                    case UNSUPPORTED_MEDIA_TYPE -> "The body must be application/json.";
                    case NOT_ACCEPTABLE -> "Answers are application/json.";
                    default -> "The request could not be read.";
                };
        if (kind == ProblemKind.INTERNAL_ERROR) {
            return unexpected(exception, uri);
        }
        return respond(new ProblemException(kind, detail), uri);
    }

    /** Maps all other exceptions: the most specific mapper is used. */
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
        return unexpected(exception, uri);
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
                        "This is an error in Carillon; its log says more."),
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
        if (exception.kind() == ProblemKind.UNAUTHENTICATED) {
            response.header("WWW-Authenticate", Problem.CHALLENGE);
        }
        if (exception.kind().status() == 429) {
            response.header("Retry-After", "1");
        }
        return response.build();
    }
}
