package io.carillon.handler.http;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * @param method any; null for GET, or POST when there is a body
 * @param url absolute, http or https
 * @param headers sent besides Carillon's own
 * @param body a string is sent as it is, anything else as JSON
 * @param expectedStatuses a status such as {@code "204"}, a class {@code "2xx"} or a range {@code
 *     "200-204"}; null for {@code 2xx}
 */
record HttpConfig(
        @Pattern(
                        regexp = "(?!(?i)CONNECT$)[A-Za-z][A-Za-z0-9-]{0,31}",
                        message = "is no HTTP method that a job can send")
                @Nullable String method,
        @NotBlank @Size(max = 8192) String url,
        @Size(max = 100) @Nullable Map<String, @Size(max = 8192) String> headers,
        @Nullable JsonNode body,
        @Size(min = 1, max = 50)
                @Nullable
                        List<
                                @NotNull
                                @Pattern(
                                        regexp = "[1-5]\\d\\d|[1-5]xx|[1-5]\\d\\d-[1-5]\\d\\d",
                                        message =
                                                "expected a status, a class such as 2xx or a range such as 200-204")
                                String>
                        expectedStatuses) {
    private static final int LARGEST_PORT = 65_535;

    /** JSON's null is no body. */
    @Nullable JsonNode content() {
        return body == null || body.isNull() ? null : body;
    }

    @AssertTrue(message = "expected an absolute http or https URL with a host")
    @com.fasterxml.jackson.annotation.JsonIgnore
    boolean isUrl() {
        if (url == null) {
            return true;
        }
        try {
            var uri = new URI(url);
            return ("http".equalsIgnoreCase(uri.getScheme())
                            || "https".equalsIgnoreCase(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getPort() <= LARGEST_PORT
                    && uri.getUserInfo() == null;
        } catch (URISyntaxException invalid) {
            return false;
        }
    }

    @AssertTrue(
            message = "has a name or value that HTTP does not allow, or one Carillon sends itself")
    @com.fasterxml.jackson.annotation.JsonIgnore
    boolean isHeaders() {
        return headers == null
                || headers.entrySet().stream()
                        .allMatch(
                                header ->
                                        HttpHeaderRules.allows(header.getKey(), header.getValue()));
    }

    boolean expects(int status) {
        return expectedStatuses == null
                ? status / 100 == 2
                : expectedStatuses.stream().anyMatch(expected -> matches(expected, status));
    }

    private static boolean matches(String expected, int status) {
        if (expected.endsWith("xx")) {
            return status / 100 == expected.charAt(0) - '0';
        }
        int dash = expected.indexOf('-');
        int from = Integer.parseInt(dash < 0 ? expected : expected.substring(0, dash));
        int to = dash < 0 ? from : Integer.parseInt(expected.substring(dash + 1));
        return status >= from && status <= to;
    }
}
