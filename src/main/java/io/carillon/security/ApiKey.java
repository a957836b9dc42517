package io.carillon.security;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds a row of {@code api_key}.
 *
 * @param id the public part of the key's text
 * @param hash SHA-256 of the key's text, in hexadecimal
 * @param expiresAt when it becomes invalid; null: never
 * @param revokedAt when it was revoked; null if it is not
 * @param lastUsedAt to within a minute; null: never used
 * @param revision the table's revision when the row last changed
 */
public record ApiKey(
        String id,
        String name,
        String hash,
        Grant grant,
        Instant createdAt,
        String createdBy,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt,
        @Nullable Instant lastUsedAt,
        long revision) {

    /** Whether the key is valid at an instant. */
    boolean isValid(Instant now) {
        return revokedAt == null && (expiresAt == null || now.isBefore(expiresAt));
    }

    /** Whether the key may do everything. */
    boolean isAdminOfAll() {
        return grant.role() == Role.ADMIN && grant.isEverywhere();
    }

    Caller caller() {
        return new Caller("%s (key %s)".formatted(name, id), List.of(grant));
    }

    /** Whether a caller who manages keys in these namespaces may see and change it. */
    public boolean isWithin(Set<String> namespaces) {
        return namespaces.contains(Grant.EVERYWHERE) || namespaces.containsAll(grant.namespaces());
    }
}
