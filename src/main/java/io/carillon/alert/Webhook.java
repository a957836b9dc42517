package io.carillon.alert;

import io.carillon.handler.MaskedHeaders;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Where the messages of a rule go, by POST.
 *
 * @param format absent: JSON
 */
@Schema(name = "Webhook")
record Webhook(
        @NotBlank
                @Schema(
                        examples = "https://example.com/hooks/carillon",
                        description = "Checked like the URL of a job")
                @Nullable String url,
        @Size(max = 64)
                @Schema(
                        examples = "{\"X-Team\": \"sales\"}",
                        description = "Sent besides what an http job sends")
                @Nullable Map<@NotBlank String, @NotNull String> headers,
        @Schema(
                        examples = "SLACK",
                        description =
                                "JSON (default): all there is to know; SLACK, DISCORD: what their incoming webhooks take")
                @Nullable Format format) {

    /** Names the shapes that the body of a message can have. */
    @Schema(name = "WebhookFormat")
    enum Format {
        JSON,
        SLACK,
        DISCORD
    }

    Format formatOrDefault() {
        return format == null ? Format.JSON : format;
    }

    /** As it is shown: without what headers have in clear. */
    Webhook shown() {
        return headers == null ? this : new Webhook(url, MaskedHeaders.shown(headers), format);
    }

    /** With the headers of {@code stored} where this has what was shown in their place. */
    Webhook keeping(@Nullable Webhook stored) {
        return headers == null || stored == null || stored.headers == null
                ? this
                : new Webhook(url, MaskedHeaders.kept(headers, stored.headers), format);
    }
}
