package io.carillon.http;

import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.Provider;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Gives each request an id: the one in its header {@code X-Request-Id}, if that is printable and
 * short, or a new one. The id is sent back and written to the audit log.
 */
@Provider
@Priority(Priorities.AUTHENTICATION - 1)
public class RequestIds implements ContainerRequestFilter, ContainerResponseFilter {
    private static final String HEADER = "X-Request-Id";
    private static final String PROPERTY = "io.carillon.requestId";
    private static final Pattern ACCEPTED = Pattern.compile("[\\x21-\\x7E]{1,128}");

    /** Returns the id of a request that has reached the filters. */
    public static String of(ContainerRequestContext request) {
        return String.valueOf(request.getProperty(PROPERTY));
    }

    @Override
    public void filter(ContainerRequestContext request) {
        String given = request.getHeaderString(HEADER);
        boolean isAccepted = given != null && ACCEPTED.matcher(given).matches();
        request.setProperty(PROPERTY, isAccepted ? given : UUID.randomUUID().toString());
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (request.getProperty(PROPERTY) instanceof String id) {
            response.getHeaders().putSingle(HEADER, id);
        }
    }
}
