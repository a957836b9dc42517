package io.carillon.alert;

import io.carillon.handler.MaskedHeaders;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Describes where the messages of a rule are sent by POST.
 *
 * @param format absent: JSON
 */
@Schema(name = "Webhook")
@RegisterForReflection
public record Webhook(
        @NotBlank
                @Schema(
                        examples = "https://example.com/hooks/carillon",
                        description = "Checked like the URL of a job")
                @Nullable String url,
        @Size(max = 64)
                @Schema(
                        examples = "{\"X-Team\": \"sales\"}",
                        description = "Sent in addition to the headers of an http job")
                @Nullable Map<@NotBlank String, @NotNull String> headers,
        @Schema(
                        examples = "SLACK",
                        description =
                                "JSON (default): all there is to know; SLACK, DISCORD: what their incoming webhooks take")
                @Nullable Format format,
        @Size(max = 255)
                @Schema(
                        examples = "{{secret.hook-signing}}",
                        description = "The secret that signs messages, as that of an http job")
                @Nullable String sign) {

    /** Lists the formats of a message's body. */
    @Schema(name = "WebhookFormat")
    public enum Format {
        JSON,
        SLACK,
        DISCORD
    }

    Format formatOrDefault() {
        return format == null ? Format.JSON : format;
    }

    /** Returns the webhook for clients, with the values of headers masked. */
    Webhook shown() {
        return headers == null
                ? this
                : new Webhook(url, MaskedHeaders.shown(headers), format, sign);
    }

    /** Returns this with the stored headers in place of masked ones. */
    Webhook keeping(@Nullable Webhook stored) {
        return headers == null || stored == null || stored.headers == null
                ? this
                : new Webhook(url, MaskedHeaders.kept(headers, stored.headers), format, sign);
    }
}
