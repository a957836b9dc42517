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
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Answers problem documents for requests that never reach a resource: an unknown or undecodable
 * path, or a replica that does not serve the API.
 */
@ApplicationScoped
class RouteProblems {
    /** Health, metrics and other endpoints for operators; every replica serves them. */
    private static final String OPERATIONS = "/q/";

    /** The key under which Quarkus keeps the path's template for its metrics. */
    private static final String PATH_LABEL = "UrlPathTemplate";

    private static final String NO_RESOURCE = "/{none}";

    private final Json json;
    private final ApiConfig api;

    private final String operations;

    RouteProblems(
            Json json,
            ApiConfig api,
            @ConfigProperty(name = "quarkus.http.root-path", defaultValue = "/") String root) {
        this.json = json;
        this.api = api;
        this.operations = RootPath.prefix(root) + OPERATIONS;
    }

    void add(@Observes Router router) {
        router.route().order(Integer.MIN_VALUE).handler(this::labelled);
        router.route().order(Integer.MIN_VALUE).failureHandler(this::failed);
        if (!api.enabled()) {
            router.route().order(Integer.MIN_VALUE).handler(this::operationsOnly);
        }
        router.route()
                .order(Integer.MAX_VALUE)
                .handler(context -> answer(context, nothing("There is nothing at this path.")));
    }

    /**
     * Gives the request a label in the metrics, which the path's template replaces once a resource
     * is found. Otherwise each path that a client makes up, with an unknown method, would be a new
     * series, until the limit is reached at which all new series are refused.
     */
    private void labelled(RoutingContext context) {
        var here = Vertx.currentContext();
        if (here != null && !context.normalizedPath().startsWith(operations)) {
            here.putLocal(PATH_LABEL, NO_RESOURCE);
        }
        context.next();
    }

    private void operationsOnly(RoutingContext context) {
        if (context.normalizedPath().startsWith(operations)) {
            context.next();
        } else {
            answer(context, nothing("This replica does not serve the API."));
        }
    }

    private static ProblemException nothing(String detail) {
        return new ProblemException(ProblemKind.NOT_FOUND, detail);
    }

    /** Leaves server errors to Quarkus, which logs them. */
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
