package io.carillon.remote;

import io.carillon.problem.ProblemException;
import io.carillon.security.RateLimits;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import jakarta.enterprise.context.ApplicationScoped;

/** Refuses tokens in URLs that permit nothing, and limits how often an address may try some. */
@ApplicationScoped
class UnknownTokens {
    private final RateLimits limits;
    private final CurrentVertxRequest request;

    UnknownTokens(RateLimits limits, CurrentVertxRequest request) {
        this.limits = limits;
        this.request = request;
    }

    /**
     * Returns the 404 for a token.
     *
     * @param what the token would permit, in words
     * @throws ProblemException 429 if too many came from this address
     */
    ProblemException refused(String what, String token) {
        var from = request.getCurrent().request().remoteAddress();
        limits.countRefused(from == null ? null : from.hostAddress());
        return ProblemException.notFound(what, token);
    }
}
