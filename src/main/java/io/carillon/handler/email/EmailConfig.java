package io.carillon.handler.email;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Defines a mail and its recipients. One of {@code text} and {@code html} is required; with both,
 * the reader's mail program chooses.
 */
@RegisterForReflection
@Schema(
        name = "EmailConfig",
        title = "email_notification",
        description = "Sends a mail by the SMTP server that the administrator has configured",
        examples =
                "{\"to\": [\"ops@example.com\"], \"subject\": \"Stocktaking is due\", \"text\": \"Please begin.\"}")
public record EmailConfig(
        @NotNull
                @Size(min = 1, max = MAX_ADDRESSES)
                @Schema(description = "Addresses", examples = "[\"ops@example.com\"]")
                List<@NotBlank @Size(max = 320) String> to,
        @Size(max = MAX_ADDRESSES) @Schema(description = "Addresses that get a copy")
                @Nullable List<@NotBlank @Size(max = 320) String> cc,
        @Size(max = MAX_ADDRESSES)
                @Schema(description = "Addresses that get a copy without others seeing it")
                @Nullable List<@NotBlank @Size(max = 320) String> bcc,
        @Size(max = 320) @Schema(description = "The address for replies") @Nullable String replyTo,
        @NotBlank
                @Size(max = 500)
                @Pattern(regexp = "[^\\x00-\\x1f\\x7f]*", message = "expected one line of text")
                @Schema(description = "One line", examples = "Stocktaking is due")
                String subject,
        @Size(max = MAX_BODY) @Schema(description = "The mail as plain text") @Nullable String text,
        @Size(max = MAX_BODY) @Schema(description = "The mail as HTML") @Nullable String html) {
    static final int MAX_ADDRESSES = 50;
    static final int MAX_BODY = 262_144;
}
