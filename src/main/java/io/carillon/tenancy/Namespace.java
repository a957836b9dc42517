package io.carillon.tenancy;

import java.time.Instant;

/** Holds a declared namespace. */
public record Namespace(
        String name, Quotas quotas, long version, Instant createdAt, Instant updatedAt) {}
