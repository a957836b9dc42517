package io.carillon.http;

import io.carillon.json.Json;
import io.carillon.problem.Problem;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * Problem documents for what never reaches a resource: no such path, an undecodable one, a replica
 * that does not answer the API.
 */
@ApplicationScoped
class RouteProblems {
    /** Health, metrics and whatever else operators need; served by every replica. */
    private static final String OPERATIONS = "/q/";

    /** Where Quarkus keeps the template of the path for its metrics. */
    private static final String PATH_LABEL = "UrlPathTemplate";

    private static final String NO_RESOURCE = "/{none}";

    private final Json json;
    private final ApiConfig api;

    RouteProblems(Json json, ApiConfig api) {
        this.json = json;
        this.api = api;
    }

    void add(@Observes Router router) {
        router.route().order(Integer.MIN_VALUE).handler(RouteProblems::labelled);
        router.route().order(Integer.MIN_VALUE).failureHandler(this::failed);
        if (!api.enabled()) {
            router.route().order(Integer.MIN_VALUE).handler(this::operationsOnly);
        }
        router.route()
                .order(Integer.MAX_VALUE)
                .handler(context -> answer(context, nothing("There is nothing at this path.")));
    }

    /**
     * Gives the request a label in the metrics that the path's template replaces once a resource is
     * found: a path that a client made up, with a method that is not known there, would be a new
     * series each, up to the limit at which new ones of all are refused.
     */
    private static void labelled(RoutingContext context) {
        var here = Vertx.currentContext();
        if (here != null && !context.normalizedPath().startsWith(OPERATIONS)) {
            here.putLocal(PATH_LABEL, NO_RESOURCE);
        }
        context.next();
    }

    private void operationsOnly(RoutingContext context) {
        if (context.normalizedPath().startsWith(OPERATIONS)) {
            context.next();
        } else {
            answer(context, nothing("This replica does not answer the API."));
        }
    }

    private static ProblemException nothing(String detail) {
        return new ProblemException(ProblemKind.NOT_FOUND, detail);
    }

    /** Faults stay with Quarkus, which logs them. */
    private void failed(RoutingContext context) {
        int status = context.statusCode();
        if (status < 400 || status > 499 || context.response().ended()) {
            context.next();
            return;
        }
        answer(
                context,
                new ProblemException(
                        ProblemKind.ofStatus(status), "The request could not be read."));
    }

    private void answer(RoutingContext context, ProblemException problem) {
        var response = context.response().setStatusCode(problem.kind().status());
        response.putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE);
        String body = json.text(problem.toProblem(context.request().path()));
        if (context.request().method().equals(HttpMethod.HEAD)) {
            response.end();
        } else {
            response.end(body);
        }
    }
}
