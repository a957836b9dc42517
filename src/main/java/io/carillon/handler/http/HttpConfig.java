package io.carillon.handler.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

/**
 * @param method any; null for GET, or POST when there is a body
 * @param url absolute, http or https
 * @param headers sent in addition to Carillon's own
 * @param body a string is sent as it is, anything else as JSON
 * @param expectedStatuses a status such as {@code "204"}, a class {@code "2xx"} or a range {@code
 *     "200-204"}; null for {@code 2xx}
 * @param onStatus what a status, a class or a range means; the narrowest wins. Other statuses have
 *     their default meaning: expected statuses succeed, 408, 425, 429 and 5xx are retried, 410
 *     pauses the job, others fail
 * @param expectedBody what the body must contain if the status is a success; null for nothing
 * @param followRedirects how many consecutive redirects are followed; null for none
 * @param sign the secret that signs calls; null for none
 * @param auth how calls show who they are from; null: they do not, but for {@code headers}
 * @param tls whom calls trust, and the certificate that they present; null: whom the JDK trusts,
 *     and none
 * @param callback null: an answer with status 202 is an answer like others
 */
@RegisterForReflection
@Schema(
        name = "HttpConfig",
        title = "http",
        description = "Calls a URL once per attempt, and keeps the answer",
        examples = "{\"url\": \"https://example.com/reports\", \"body\": {\"kind\": \"weekly\"}}")
record HttpConfig(
        @Pattern(
                        regexp = "(?![Cc][Oo][Nn][Nn][Ee][Cc][Tt]$)[A-Za-z][A-Za-z0-9-]{0,31}",
                        message = "is not an HTTP method that a job can send")
                @Schema(
                        description = "Absent: GET, or POST with a body",
                        defaultValue = "GET",
                        examples = "POST")
                @Nullable String method,
        @NotBlank
                @Size(max = 8192)
                @Schema(
                        description = "Absolute, http or https, without a user",
                        examples = "https://example.com/reports")
                String url,
        @Size(max = 100)
                @Schema(
                        description = "Sent in addition to Carillon's own",
                        examples = "{\"Accept\": \"application/json\"}")
                @Nullable Map<String, @Size(max = 8192) String> headers,
        @Schema(description = "A string is sent as it is, anything else as JSON")
                @Nullable JsonNode body,
        @Size(min = 1, max = 50)
                @Schema(
                        description = "Statuses that are a success: 204, 2xx or 200-204",
                        examples = "[\"2xx\"]")
                @Nullable
                        List<
                                @NotNull
                                @Pattern(
                                        regexp = "[1-5]\\d\\d|[1-5]xx|[1-5]\\d\\d-[1-5]\\d\\d",
                                        message =
                                                "expected a status, a class such as 2xx or a range such as 200-204")
                                String>
                        expectedStatuses,
        @Size(max = 50)
                @Schema(
                        description = "The meaning of statuses; the narrowest wins",
                        examples = "{\"404\": \"RETRY\"}")
                @Nullable
                        Map<
                                @NotNull
                                @Pattern(
                                        regexp = "[1-5]\\d\\d|[1-5]xx|[1-5]\\d\\d-[1-5]\\d\\d",
                                        message =
                                                "expected a status, a class such as 5xx or a range such as 500-503")
                                String,
                                @NotNull OnStatus>
                        onStatus,
        @Valid @Schema(description = "What the body must contain as well")
                @Nullable ExpectedBody expectedBody,
        @Min(0)
                @Max(20)
                @Schema(description = "The most redirects that are followed", defaultValue = "0")
                @Nullable Integer followRedirects,
        @Size(max = 8192)
                @Schema(
                        description =
                                "The secret that signs each call as Standard Webhooks says; as a placeholder only",
                        examples = "{{secret.shop-signing}}")
                @Nullable String sign,
        @Valid @Schema(description = "How calls show the target who they are from")
                @Nullable HttpAuthentication auth,
        @Valid @Schema(description = "A CA of one's own, and a client certificate (mutual TLS)")
                @Nullable HttpTls tls,
        @Valid
                @Schema(
                        description =
                                "The target may answer 202 and later call the URL in the header Carillon-Callback")
                @Nullable Callback callback) {
    static final int UNAUTHORIZED = 401;

    /**
     * Lets a target answer later.
     *
     * @param within how long after its 202 it may take
     */
    @RegisterForReflection
    @Schema(name = "HttpCallback", examples = "{\"within\": \"2h\"}")
    record Callback(
            @NotNull
                    @DurationMin(millis = 1000)
                    @DurationMax(days = 31)
                    @Schema(
                            type = SchemaType.STRING,
                            description = "How long after its 202 the target may take",
                            examples = "2h")
                    Duration within) {}

    /** The meaning of an answer with a certain status. */
    @Schema(name = "OnStatus", examples = "RETRY")
    enum OnStatus {
        /** The attempt succeeded. */
        SUCCEED,
        /** It failed; the retry policy or {@code Retry-After} says when it is retried. */
        RETRY,
        /** It failed for good. */
        FAIL,
        /** It failed for good, and the job is paused. */
        PAUSE_JOB
    }

    /** JSON's null means no body. */
    @Nullable JsonNode content() {
        return body == null || body.isNull() ? null : body;
    }

    @AssertTrue(message = "expected an absolute http or https URL with a host")
    @com.fasterxml.jackson.annotation.JsonIgnore
    boolean isUrl() {
        return url == null || CallTarget.isOne(url);
    }

    @AssertTrue(
            message =
                    "has a name or value that HTTP does not allow, or a name that Carillon sends itself")
    @com.fasterxml.jackson.annotation.JsonIgnore
    boolean isHeaders() {
        return headers == null
                || headers.entrySet().stream()
                        .allMatch(
                                header ->
                                        HttpHeaderRules.allows(header.getKey(), header.getValue()));
    }

    Set<String> headerNames() {
        return headers == null ? Set.of() : headers.keySet();
    }

    int redirects() {
        return followRedirects == null ? 0 : followRedirects;
    }

    /**
     * @param mayHaveExpired whether the call had an access token that was kept from another
     */
    OnStatus actionOn(int status, boolean mayHaveExpired) {
        var rule =
                onStatus == null
                        ? Optional.<Map.Entry<String, OnStatus>>empty()
                        : onStatus.entrySet().stream()
                                .filter(each -> matches(each.getKey(), status))
                                .min(Comparator.comparingInt(each -> breadth(each.getKey())));
        return rule.map(Map.Entry::getValue).orElseGet(() -> usualActionOn(status, mayHaveExpired));
    }

    private OnStatus usualActionOn(int status, boolean mayHaveExpired) {
        if (expects(status)) {
            return OnStatus.SUCCEED;
        }
        if (status == UNAUTHORIZED && mayHaveExpired) {
            return OnStatus.RETRY;
        }
        if (status == 410) {
            return OnStatus.PAUSE_JOB;
        }
        // Statuses that a retry may change: overload, time-outs and server errors, but not a
        // refused request.
        return status == 408 || status == 425 || status == 429 || status >= 500
                ? OnStatus.RETRY
                : OnStatus.FAIL;
    }

    private static int breadth(String statuses) {
        int dash = statuses.indexOf('-');
        return statuses.endsWith("xx")
                ? 100
                : dash < 0
                        ? 1
                        : Integer.parseInt(statuses.substring(dash + 1))
                                - Integer.parseInt(statuses.substring(0, dash));
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
