package io.carillon.security;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.Provider;

/**
 * Tells a key what is left of its limit, in the fields of the IETF's draft "RateLimit header fields
 * for HTTP" (draft-ietf-httpapi-ratelimit-headers-10).
 */
@Provider
class RateLimitHeaders implements ContainerResponseFilter {
    private static final String PROPERTY = "io.carillon.rateLimit";

    static void keep(ContainerRequestContext request, RateLimits.Left left) {
        request.setProperty(PROPERTY, left);
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (request.getProperty(PROPERTY) instanceof RateLimits.Left left) {
            response.getHeaders()
                    .putSingle("RateLimit-Policy", "\"key\";q=%d;w=1".formatted(left.limit()));
            response.getHeaders()
                    .putSingle("RateLimit", "\"key\";r=%d;t=1".formatted(left.remaining()));
        }
    }
}
