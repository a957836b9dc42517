package io.carillon.tenancy;

import java.time.Instant;

/** A namespace that somebody has declared. */
record Namespace(String name, Quotas quotas, long version, Instant createdAt, Instant updatedAt) {}
