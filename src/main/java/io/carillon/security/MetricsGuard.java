package io.carillon.security;

import io.carillon.json.Json;
import io.carillon.problem.Problem;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.jspecify.annotations.Nullable;

/** Serves metrics only to keys with the role {@link Role#METRICS}, unless metrics are open. */
@ApplicationScoped
class MetricsGuard {
    private final Authentication authentication;
    private final SecurityConfig config;

    /** Below the root path, as the router is. */
    private static final String PATH = "/q/metrics";

    private final Json json;
    private final RateLimits limits;

    MetricsGuard(
            Authentication authentication, SecurityConfig config, Json json, RateLimits limits) {
        this.authentication = authentication;
        this.config = config;
        this.json = json;
        this.limits = limits;
    }

    void add(@Observes Router router) {
        if (config.enabled() && !config.openMetrics()) {
            router.route(PATH + "*").order(Integer.MIN_VALUE).handler(this::check);
        }
    }

    private void check(RoutingContext context) {
        try {
            var cookie = context.request().getCookie(Authentication.COOKIE);
            var caller = caller(context, cookie == null ? null : cookie.getValue());
            if (!caller.scope(Role.METRICS).isEverywhere()) {
                throw Scope.forbidden(Role.METRICS, "all namespaces");
            }
            context.next();
        } catch (ProblemException refused) {
            var response = context.response().setStatusCode(refused.kind().status());
            response.putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE);
            if (refused.kind() == ProblemKind.UNAUTHENTICATED) {
                response.putHeader("WWW-Authenticate", Problem.CHALLENGE);
            }
            if (refused.kind() == ProblemKind.RATE_LIMITED) {
                response.putHeader("Retry-After", "1");
            }
            response.end(json.text(refused.toProblem(context.request().path())));
        }
    }

    private Caller caller(RoutingContext context, @Nullable String cookie) {
        try {
            return authentication.caller(context.request()::getHeader, cookie);
        } catch (ProblemException unauthenticated) {
            limits.countRefused(context.request().remoteAddress().hostAddress());
            throw unauthenticated;
        }
    }
}
