package io.carillon.alert;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Lists the recipients of a rule's mails, which the configured server sends. */
@Schema(name = "RuleMail")
@RegisterForReflection
public record Mail(
        @NotNull
                @Size(min = 1, max = 50)
                @Schema(examples = "[\"ops@example.com\"]", description = "Addresses")
                List<@NotBlank @Size(max = 320) String> to) {}
