package io.carillon.http;

import io.carillon.json.Hints;
import io.carillon.json.Json;
import io.carillon.json.JsonFaults;
import io.carillon.json.StorableText;
import io.carillon.problem.Problem.Violation;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.ext.Provider;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Refuses query parameters that an operation does not have, before it does anything: ignoring a
 * misspelt dryRun would do what should only be shown. Also refuses values with U+0000, in the path
 * too, which no row can match, since PostgreSQL's text cannot hold it: nothing has such a name, and
 * nothing can be given one.
 */
@Provider
class QueryLimit implements ContainerRequestFilter {
    /** Below the root path, if there is one. */
    private static final String API = "/api/";

    private final Json json;
    private final ResourceInfo resource;

    QueryLimit(Json json, ResourceInfo resource) {
        this.json = json;
        this.resource = resource;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        var given = request.getUriInfo().getQueryParameters();
        var ofPath = request.getUriInfo().getPathParameters();
        if (given.isEmpty() && ofPath.isEmpty()) {
            return;
        }
        var method = resource.getResourceMethod();
        boolean isApi = request.getUriInfo().getPath().startsWith(API);
        var known = QueryParameters.of(method);
        var violations = new ArrayList<Violation>();
        ofPath.forEach((name, values) -> addFaults(name, values, violations));
        if (!violations.isEmpty() && !request.getMethod().equals(HttpMethod.PUT)) {
            throw new ProblemException(
                    ProblemKind.NOT_FOUND,
                    "There is nothing of this name: it %s."
                            .formatted(violations.getFirst().message()));
        }
        given.forEach(
                (name, values) -> {
                    if (isApi && !known.contains(name)) {
                        violations.add(new Violation(name, unknown(name, known, method)));
                    }
                    addFaults(name, values, violations);
                });
        if (!violations.isEmpty()) {
            violations.sort(Comparator.comparing(Violation::field));
            throw ProblemException.invalid(violations);
        }
    }

    private static void addFaults(String name, List<String> values, List<Violation> violations) {
        for (String value : values) {
            String fault = StorableText.fault(value);
            if (fault != null) {
                violations.add(new Violation(name, fault));
            }
        }
    }

    private String unknown(String name, List<String> known, Method method) {
        var body = bodyOf(method);
        return body != null && json.hasField(body, name)
                ? "is a field of the body, not a query parameter"
                : JsonFaults.unknown(
                        "unknown query parameter",
                        Hints.nearest(name, known),
                        known,
                        "this operation has none");
    }

    /** Returns the type of a method's body: the parameter that JAX-RS fills from nothing else. */
    private static @Nullable Class<?> bodyOf(Method method) {
        for (var parameter : method.getParameters()) {
            boolean isOfJaxRs =
                    Arrays.stream(parameter.getAnnotations())
                            .anyMatch(
                                    annotation ->
                                            annotation
                                                    .annotationType()
                                                    .getName()
                                                    .startsWith("jakarta.ws.rs."));
            if (!isOfJaxRs) {
                return parameter.getType();
            }
        }
        return null;
    }
}
