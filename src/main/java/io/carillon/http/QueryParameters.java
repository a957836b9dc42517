package io.carillon.http;

import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.QueryParam;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds the query parameters of every operation: those that its method declares, or the record that
 * is its {@link BeanParam}.
 */
final class QueryParameters {
    private static final Map<Method, List<String>> OF_METHODS = new ConcurrentHashMap<>();

    private QueryParameters() {}

    /** Returns the names of a resource method's query parameters, in order. */
    static List<String> of(Method method) {
        return OF_METHODS.computeIfAbsent(method, QueryParameters::declared);
    }

    private static List<String> declared(Method method) {
        var names = new ArrayList<String>();
        for (Parameter parameter : method.getParameters()) {
            var query = parameter.getAnnotation(QueryParam.class);
            if (query != null) {
                names.add(query.value());
            } else if (parameter.isAnnotationPresent(BeanParam.class)) {
                Arrays.stream(parameter.getType().getRecordComponents())
                        .map(component -> component.getAccessor().getAnnotation(QueryParam.class))
                        .filter(Objects::nonNull)
                        .forEach(annotation -> names.add(annotation.value()));
            }
        }
        return List.copyOf(names);
    }
}
