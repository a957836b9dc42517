package io.carillon.handler.noop;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * @param sleep how long an attempt takes; null for not at all
 * @param failures how many attempts fail before one succeeds; null for none
 * @param message comes back in the result or the error
 */
record NoopConfig(
        @Nullable Duration sleep,
        @Min(0) @Nullable Integer failures,
        @Size(max = 1000) @Nullable String message) {}
