package io.carillon.alert;

import io.carillon.handler.MaskedHeaders;
import io.carillon.problem.Problem.Violation;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Describes where the messages of a rule are sent by POST.
 *
 * @param url absent: where the service of the format takes them
 * @param format absent: JSON
 */
@Schema(name = "Webhook")
@RegisterForReflection
public record Webhook(
        @Schema(
                        examples = "https://example.com/hooks/carillon",
                        description =
                                "Checked like the URL of a job; of PAGERDUTY and OPSGENIE, where they take events"
                                        + " unless it says otherwise")
                @Nullable String url,
        @Size(max = 64)
                @Schema(
                        examples = "{\"X-Team\": \"sales\"}",
                        description = "Sent in addition to the headers of an http job")
                @Nullable Map<@NotBlank String, @NotNull String> headers,
        @Schema(
                        examples = "SLACK",
                        description =
                                "JSON (default): all there is to know; SLACK, DISCORD, TEAMS: what their incoming webhooks"
                                        + " take; PAGERDUTY, OPSGENIE: an incident for each job, closed when it"
                                        + " is over")
                @Nullable Format format,
        @Size(max = 255)
                @Schema(
                        examples = "{{secret.pagerduty}}",
                        description =
                                "Of PAGERDUTY the integration key, of OPSGENIE the API key; as a placeholder only")
                @Nullable String key,
        @Schema(
                        examples = "ERROR",
                        description = "How bad it is, for PAGERDUTY and OPSGENIE; default ERROR")
                @Nullable Severity severity,
        @Size(max = 255)
                @Schema(
                        examples = "{{secret.hook-signing}}",
                        description = "The secret that signs messages, as that of an http job")
                @Nullable String sign) {
    private static final Pattern SECRET = Pattern.compile("\\{\\{secret\\.[^{}]+}}");

    /** Lists the formats of a message's body. */
    @Schema(name = "WebhookFormat")
    public enum Format {
        JSON,
        SLACK,
        DISCORD,
        TEAMS,
        PAGERDUTY,
        OPSGENIE;

        /** Whether each job has an incident, which is opened and closed by calls of its own. */
        boolean isOfIncidents() {
            return this == PAGERDUTY || this == OPSGENIE;
        }
    }

    Format formatOrDefault() {
        return format == null ? Format.JSON : format;
    }

    Severity severityOrDefault() {
        return severity == null ? Severity.ERROR : severity;
    }

    /** Returns the URL, or that of the service; empty if there is none. */
    String target() {
        if (url != null) {
            return url;
        }
        return switch (formatOrDefault()) {
            case PAGERDUTY -> Incidents.PAGER_DUTY;
            case OPSGENIE -> Incidents.OPSGENIE;
            case JSON, SLACK, DISCORD, TEAMS -> "";
        };
    }

    /** Returns what its format has too much or too little. */
    List<Violation> violations() {
        var violations = new ArrayList<Violation>();
        if (target().isBlank()) {
            violations.add(new Violation("webhook.url", "must not be blank"));
        }
        if (formatOrDefault() == Format.OPSGENIE
                && (target().contains("?") || target().contains("#"))) {
            // The path that closes an alert is put behind it.
            violations.add(new Violation("webhook.url", "has no query for OPSGENIE"));
        }
        if (formatOrDefault().isOfIncidents()) {
            // A key in clear would be stored with the rule, and be read back with it.
            if (key == null || !SECRET.matcher(key).matches()) {
                violations.add(
                        new Violation(
                                "webhook.key",
                                "expected one secret, such as {{secret."
                                        + formatOrDefault().name().toLowerCase(Locale.ROOT)
                                        + "}}"));
            }
        } else {
            if (key != null) {
                violations.add(new Violation("webhook.key", "is for PAGERDUTY and OPSGENIE alone"));
            }
            if (severity != null) {
                violations.add(
                        new Violation("webhook.severity", "is for PAGERDUTY and OPSGENIE alone"));
            }
        }
        return violations;
    }

    /** Returns the webhook for clients, with the values of headers masked. */
    Webhook shown() {
        return headers == null ? this : with(MaskedHeaders.shown(headers));
    }

    /** Returns this with the stored headers in place of masked ones. */
    Webhook keeping(@Nullable Webhook stored) {
        return headers == null || stored == null || stored.headers == null
                ? this
                : with(MaskedHeaders.kept(headers, stored.headers));
    }

    private Webhook with(Map<String, String> otherHeaders) {
        return new Webhook(url, otherHeaders, format, key, severity, sign);
    }
}
