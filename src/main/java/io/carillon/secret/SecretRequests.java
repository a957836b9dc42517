package io.carillon.secret;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Holds the bodies of requests for secrets, and of answers, which never have a value. */
public final class SecretRequests {
    static final int MIN_LENGTH = 4;
    static final int MAX_BYTES = 65_536;

    private SecretRequests() {}

    /** The value of a secret, which is never shown again. */
    @Schema(name = "SecretValue")
    @RegisterForReflection
    record Value(
            @NotNull
                    @Size(min = MIN_LENGTH, max = MAX_BYTES)
                    @Schema(
                            examples = "correct horse battery staple",
                            description = "Up to 64 KiB in UTF-8; never returned")
                    String value) {
        @Override
        public String toString() {
            return "****";
        }
    }

    /** A secret without its value. */
    @Schema(name = "Secret")
    @RegisterForReflection
    public record View(
            @Schema(examples = "default") String namespace,
            @Schema(examples = "shop-token") String name,
            @Schema(examples = "9f86d081884c7d65", description = "The id of the master key")
                    String keyId,
            Instant createdAt,
            Instant updatedAt) {}

    /** A page of a listing. */
    @Schema(name = "SecretPage")
    @RegisterForReflection
    public record Page(
            List<View> items,
            @Schema(examples = "1") int page,
            @Schema(examples = "20") int limit,
            @Schema(examples = "1") long totalCount,
            @Schema(examples = "1") long totalPages) {}

    /** The result of encrypting all secrets again. */
    @Schema(name = "SecretReencryption")
    @RegisterForReflection
    record Reencryption(
            @Schema(
                            examples = "9f86d081884c7d65",
                            description = "The id of the master key that now encrypts them")
                    String keyId,
            @Schema(examples = "3", description = "How many were under another key before")
                    int reencrypted,
            @Schema(description = "Secrets that no configured key can read, as namespace/name")
                    List<String> unreadable) {}
}
