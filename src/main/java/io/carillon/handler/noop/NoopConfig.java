package io.carillon.handler.noop;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * @param sleep how long an attempt takes; null for zero
 * @param failures how many attempts fail before one succeeds; null for none
 * @param message returned in the result or the error
 */
@RegisterForReflection
@Schema(
        name = "NoopConfig",
        title = "noop",
        description = "Sleeps or fails as told: for demonstrations and tests",
        examples = "{\"sleep\": \"PT0.1S\", \"message\": \"done\"}")
record NoopConfig(
        @Schema(description = "How long an attempt takes", defaultValue = "0s")
                @Nullable Duration sleep,
        @Min(0) @Schema(description = "How many attempts fail first", defaultValue = "0")
                @Nullable Integer failures,
        @Size(max = 1000) @Schema(description = "Returned in the result or the error")
                @Nullable String message) {}
