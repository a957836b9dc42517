package io.carillon.handler.heartbeat;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

/**
 * @param grace how long after the planned instant a ping may come; null for {@link #GRACE}
 * @param early how long before the planned instant it may come; null for {@link #EARLY}
 */
@RegisterForReflection
@Schema(
        name = "HeartbeatConfig",
        title = "heartbeat",
        description =
                "Calls nothing: expects a ping of something that runs elsewhere at each planned instant, and fails without one",
        examples = "{\"grace\": \"30m\"}")
record HeartbeatConfig(
        @DurationMin(millis = 1000)
                @DurationMax(days = 31)
                @Schema(
                        description = "How long after the planned instant a ping may come",
                        defaultValue = "5m",
                        examples = "30m")
                @Nullable Duration grace,
        @DurationMin(millis = 0)
                @DurationMax(days = 31)
                @Schema(
                        description = "How long before the planned instant a ping may come",
                        defaultValue = "1m")
                @Nullable Duration early) {
    private static final Duration GRACE = Duration.ofMinutes(5);
    private static final Duration EARLY = Duration.ofMinutes(1);

    Duration graceOrDefault() {
        return grace == null ? GRACE : grace;
    }

    Duration earlyOrDefault() {
        return early == null ? EARLY : early;
    }
}
