package io.carillon.security;

import io.carillon.http.RequestIds;
import io.carillon.problem.ProblemException;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import jakarta.annotation.Priority;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.Provider;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Lets an operation begin only if its caller has the role that the operation {@linkplain Needs
 * needs} in some namespace, and stores what the caller may see and do in it. Runs before anything
 * else of the request is read.
 */
@Provider
@Priority(Priorities.AUTHENTICATION)
class CallerFilter implements ContainerRequestFilter {
    private final Authentication authentication;
    private final CurrentCaller current;
    private final ResourceInfo resource;
    private final CurrentVertxRequest http;
    private final RateLimits limits;
    private final Refusals refusals;

    /** Sent by the script of our own pages with every change. */
    private static final String PAGE_HEADER = "X-Carillon-Page";

    CallerFilter(
            Authentication authentication,
            CurrentCaller current,
            ResourceInfo resource,
            CurrentVertxRequest http,
            RateLimits limits,
            Refusals refusals) {
        this.authentication = authentication;
        this.current = current;
        this.resource = resource;
        this.http = http;
        this.limits = limits;
        this.refusals = refusals;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        var method = resource.getResourceMethod();
        var needs = method.getAnnotation(Needs.class);
        boolean isOpen = method.isAnnotationPresent(OpenToAll.class);
        if (isOpen) {
            return;
        }
        if (needs == null) {
            throw new IllegalStateException(method + " does not say which role it needs");
        }
        // A cookie alone never permits a change, because a browser sends cookies by itself. It
        // does not send this header for a page of another site.
        var cookie =
                request.getMethod().equals(HttpMethod.GET)
                                || request.getHeaderString(PAGE_HEADER) != null
                        ? request.getCookies().get(Authentication.COOKIE)
                        : null;
        String key = cookie == null ? null : cookie.getValue();
        Caller caller;
        try {
            caller = authentication.caller(request::getHeaderString, key);
        } catch (ProblemException unauthenticated) {
            limits.countRefused(address());
            authentication
                    .former(request::getHeaderString, key)
                    .ifPresent(former -> refusals.ofFormer(former, request, address()));
            if (method.isAnnotationPresent(Page.class)) {
                request.abortWith(Response.seeOther(signIn(request.getUriInfo())).build());
                return;
            }
            throw unauthenticated;
        }
        if (authentication.isRequired() && limits.count(caller) instanceof RateLimits.Left left) {
            RateLimitHeaders.keep(request, left);
        }
        var scope = caller.scope(needs.value());
        current.set(
                caller,
                scope,
                () -> authentication.isStill(caller, request::getHeaderString, key),
                address(),
                RequestIds.of(request));
        if (needs.everywhere() ? !scope.isEverywhere() : !scope.isAnywhere()) {
            throw Scope.forbidden(
                    needs.value(), needs.everywhere() ? "all namespaces" : "some namespace");
        }
    }

    /** Returns the address of the form, which leads back to the page that was asked for. */
    private static URI signIn(UriInfo asked) {
        var here = asked.getRequestUri();
        String path =
                here.getRawPath() + (here.getRawQuery() == null ? "" : "?" + here.getRawQuery());
        var form = asked.getBaseUriBuilder().path("login");
        return path.equals(asked.getBaseUri().getRawPath())
                ? form.build()
                : form.queryParam("to", "{to}").build(path);
    }

    private @Nullable String address() {
        var from = http.getCurrent().request().remoteAddress();
        return from == null ? null : from.hostAddress();
    }
}
