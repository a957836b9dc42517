package io.carillon.problem;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;

/** Refuses query parameters that no row could match: PostgreSQL's text has no U+0000. */
@Provider
class QueryLimit implements ContainerRequestFilter {
    @Override
    public void filter(ContainerRequestContext request) {
        request.getUriInfo()
                .getQueryParameters()
                .forEach(
                        (name, values) -> {
                            for (String value : values) {
                                String fault = StorableText.fault(value);
                                if (fault != null) {
                                    throw ProblemException.invalid(name, fault);
                                }
                            }
                        });
    }
}
