package io.carillon.security;

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
    record NewKey(
            @NotBlank
                    @Size(max = 255)
                    @Schema(description = "For people", examples = "billing-deploys")
                    String name,
            @NotNull @Schema(description = "What it may do", examples = "EDITOR") Role role,
            @Size(min = 1, max = 100)
                    @Schema(
                            description =
                                    "Where it may do it; * is every namespace. Absent: in the only namespace of who"
                                            + " asks, or in default; of METRICS always everywhere",
                            examples = "[\"billing\"]")
                    @Nullable Set<@NotBlank @Size(max = 63) String> namespaces,
            @Schema(
                            type = SchemaType.STRING,
                            description = "How long it is good; absent: for ever",
                            examples = "90d")
                    @Nullable Duration expiresIn) {}

    @Schema(name = "Rotation")
    record Rotation(
            @Schema(
                            type = SchemaType.STRING,
                            description = "How long the former key goes on being good",
                            defaultValue = "PT24H",
                            examples = "24h")
                    @Nullable Duration overlap,
            @Schema(
                            type = SchemaType.STRING,
                            description = "How long the new key is good; absent: for ever",
                            examples = "90d")
                    @Nullable Duration expiresIn) {}

    /** A key as clients see it. */
    @Schema(name = "Key")
    record View(
            @Schema(description = "Its public part", examples = "k3x9mw2hq7ta") String id,
            @Schema(examples = "billing-deploys") String name,
            Role role,
            @Schema(description = "* is every namespace") List<String> namespaces,
            Instant createdAt,
            @Schema(examples = "first admin key (key 7hq2tak3x9mw)") String createdBy,
            @Schema(description = "Absent: never") @Nullable Instant expiresAt,
            @Schema(description = "Absent: it is not revoked") @Nullable Instant revokedAt,
            @Schema(description = "To within a minute; absent: never used")
                    @Nullable Instant lastUsedAt,
            @Schema(
                            description = "The key itself; told when it is made, and never again",
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
    record Listing(@Schema(description = "Newest first") List<View> items) {}
}
