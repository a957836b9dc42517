package io.carillon.trace;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Says where traces go and in whose name. What the settings leave open is read from the variables
 * of <a href="https://opentelemetry.io/docs/specs/otel/protocol/exporter/">OpenTelemetry</a>.
 *
 * @param url to which spans are posted
 * @param attributes what is told of this service with each batch
 */
record Collector(String url, Map<String, String> headers, Map<String, String> attributes) {
    private static final String PATH = "/v1/traces";

    /** Empty if traces are off. */
    static Optional<Collector> of(
            TraceConfig config, Function<String, Optional<String>> variables) {
        if (variables.apply("OTEL_SDK_DISABLED").filter("true"::equalsIgnoreCase).isPresent()) {
            return Optional.empty();
        }
        return config.endpoint()
                .or(() -> variables.apply("OTEL_EXPORTER_OTLP_ENDPOINT"))
                .map(String::strip)
                .map(
                        endpoint ->
                                new Collector(
                                        url(endpoint),
                                        pairs(
                                                config.headers()
                                                        .or(
                                                                () ->
                                                                        variables.apply(
                                                                                "OTEL_EXPORTER_OTLP_HEADERS"))),
                                        attributes(variables)));
    }

    /** Returns the URL without a user and a password, for people. */
    String address() {
        var uri = URI.create(url);
        return "%s://%s%s".formatted(uri.getScheme(), withoutUser(uri), uri.getRawPath());
    }

    private static String withoutUser(URI uri) {
        String authority = uri.getRawAuthority();
        return authority.substring(authority.lastIndexOf('@') + 1);
    }

    /**
     * @throws IllegalArgumentException if a variable has no URL; settings are checked before
     */
    private static String url(String endpoint) {
        var uri = URI.create(endpoint);
        if (uri.getHost() == null || !String.valueOf(uri.getScheme()).matches("(?i)https?")) {
            throw new IllegalArgumentException("\"%s\" is not a URL".formatted(endpoint));
        }
        return endpoint.replaceFirst("/+$", "") + PATH;
    }

    private static Map<String, String> attributes(Function<String, Optional<String>> variables) {
        var attributes = new LinkedHashMap<String, String>();
        attributes.put("service.name", "carillon");
        attributes.putAll(pairs(variables.apply("OTEL_RESOURCE_ATTRIBUTES")));
        variables
                .apply("OTEL_SERVICE_NAME")
                .ifPresent(name -> attributes.put("service.name", name));
        return attributes;
    }

    /** Reads {@code name=value,…}, in which values are percent-encoded; skips what is not one. */
    private static Map<String, String> pairs(Optional<String> text) {
        var pairs = new LinkedHashMap<String, String>();
        for (String pair : text.orElse("").split(",", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                pairs.put(
                        pair.substring(0, equals).strip(),
                        decoded(pair.substring(equals + 1).strip()));
            }
        }
        return pairs;
    }

    /** A plus is no space here, as it is in forms. */
    private static String decoded(String value) {
        try {
            return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException plain) {
            return value;
        }
    }
}
