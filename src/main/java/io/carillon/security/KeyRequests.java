package io.carillon.security;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The bodies of the key endpoints. */
final class KeyRequests {
    private KeyRequests() {}

    @Schema(name = "NewKey")
    @RegisterForReflection
    record NewKey(
            @NotBlank
                    @Size(max = 255)
                    @Schema(description = "For people", examples = "billing-deploys")
                    String name,
            @NotNull @Schema(description = "What it may do", examples = "EDITOR") Role role,
            @Size(min = 1, max = 100)
                    @Schema(
                            description =
                                    "The namespaces of the role; * is every namespace. Absent: the only namespace of the"
                                            + " caller, or default; METRICS always has all",
                            examples = "[\"billing\"]")
                    @Nullable Set<@NotBlank @Size(max = 63) String> namespaces,
            @Schema(
                            type = SchemaType.STRING,
                            description = "How long it is valid; absent: for ever",
                            examples = "90d")
                    @Nullable Duration expiresIn) {}

    @Schema(name = "Rotation")
    @RegisterForReflection
    record Rotation(
            @Schema(
                            type = SchemaType.STRING,
                            description = "How long the former key stays valid",
                            defaultValue = "PT24H",
                            examples = "24h")
                    @Nullable Duration overlap,
            @Schema(
                            type = SchemaType.STRING,
                            description = "How long the new key is valid; absent: for ever",
                            examples = "90d")
                    @Nullable Duration expiresIn) {}

    /** Shows a key to clients. */
    @Schema(name = "Key")
    @RegisterForReflection
    record View(
            @Schema(description = "Its public part", examples = "k3x9mw2hq7ta") String id,
            @Schema(examples = "billing-deploys") String name,
            Role role,
            @Schema(description = "* is every namespace") List<String> namespaces,
            Instant createdAt,
            @Schema(examples = "first admin key (key 7hq2tak3x9mw)") String createdBy,
            @Schema(description = "Absent: never") @Nullable Instant expiresAt,
            @Schema(description = "When it was revoked; absent if it was not")
                    @Nullable Instant revokedAt,
            @Schema(description = "When it was last used, to within a minute; absent: never")
                    @Nullable Instant lastUsedAt,
            @Schema(
                            description = "The key itself; shown when it is made, and never again",
                            examples =
                                    "carillon_k3x9mw2hq7ta_Zm9yIGRvY3VtZW50YXRpb24gb25seSwgbm90IGEga2V5")
                    @Nullable String key) {
        static View of(ApiKey key, @Nullable String text) {
            return new View(
                    key.id(),
                    key.name(),
                    key.grant().role(),
                    key.grant().namespaces().stream().sorted().toList(),
                    key.createdAt(),
                    key.createdBy(),
                    key.expiresAt(),
                    key.revokedAt(),
                    key.lastUsedAt(),
                    text);
        }
    }

    @Schema(name = "KeyList")
    @RegisterForReflection
    record Listing(@Schema(description = "Newest first") List<View> items) {}
}
