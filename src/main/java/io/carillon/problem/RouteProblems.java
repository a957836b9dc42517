package io.carillon.problem;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Problem documents for what never reaches a resource: no such path, an undecodable one. */
@ApplicationScoped
class RouteProblems {
    private final Json json;

    RouteProblems(Json json) {
        this.json = json;
    }

    void add(@Observes Router router) {
        router.route().order(Integer.MIN_VALUE).failureHandler(this::failed);
        router.route()
                .order(Integer.MAX_VALUE)
                .handler(
                        context ->
                                answer(
                                        context,
                                        new ProblemException(
                                                ProblemKind.NOT_FOUND,
                                                "There is nothing at this path.")));
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
