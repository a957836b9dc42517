package io.carillon.security;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code api_key}.
 *
 * @param id the public part of the key's text
 * @param hash SHA-256 of the key's text, in hexadecimal
 * @param expiresAt when it is void; null: never
 * @param revokedAt since when it is void; null if it is not revoked
 * @param lastUsedAt to within a minute; null: never used
 * @param revision of the table, when the row was last changed
 */
record ApiKey(
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

    /** Whether it is good at an instant. */
    boolean isValid(Instant now) {
        return revokedAt == null && (expiresAt == null || now.isBefore(expiresAt));
    }

    /** Whether it may do everything. */
    boolean isAdminOfAll() {
        return grant.role() == Role.ADMIN && grant.isEverywhere();
    }

    Caller caller() {
        return new Caller("%s (key %s)".formatted(name, id), List.of(grant));
    }

    /** Whether who manages keys in these namespaces may see and change it. */
    boolean isWithin(Set<String> namespaces) {
        return namespaces.contains(Grant.EVERYWHERE) || namespaces.containsAll(grant.namespaces());
    }
}
