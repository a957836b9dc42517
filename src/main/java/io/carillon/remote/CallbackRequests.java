package io.carillon.remote;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

/** Holds the bodies of what others tell by a URL of {@link io.carillon.callback.Callbacks}. */
final class CallbackRequests {
    private CallbackRequests() {}

    @Schema(name = "CallbackSuccess")
    @RegisterForReflection
    record Success(
            @Schema(description = "Kept with the execution, up to 64 KiB of it")
                    @Nullable JsonNode result) {}

    @Schema(name = "CallbackFailure")
    @RegisterForReflection
    record Failure(
            @NotBlank
                    @Size(max = 100)
                    @Schema(description = "Stable, for programs", examples = "REPORT_EMPTY")
                    String code,
            @NotNull @Schema(description = "For people", examples = "no orders this week")
                    String message,
            @Schema(description = "Whether another attempt may succeed", defaultValue = "true")
                    @Nullable Boolean retryable,
            @DurationMin(millis = 0)
                    @DurationMax(days = 366)
                    @Schema(
                            type = SchemaType.STRING,
                            description = "When to retry; absent: as the retry policy says",
                            examples = "1m")
                    @Nullable Duration retryAfter,
            @Schema(description = "Kept with the execution") @Nullable JsonNode result)
            implements Reports.Failure {}

    @Schema(name = "CallbackProgress")
    @RegisterForReflection
    record Progress(
            @Min(0) @Max(100) @Schema(description = "Absent: not known", examples = "40")
                    @Nullable Integer percent,
            @Size(max = 1000) @Schema(description = "For people", examples = "2 of 5 files")
                    @Nullable String message,
            @DurationMin(millis = 0)
                    @DurationMax(days = 31)
                    @Schema(
                            type = SchemaType.STRING,
                            description =
                                    "How long from now the answer may take; absent, or less than it may already take: as before",
                            examples = "30m")
                    @Nullable Duration within)
            implements Reports.Progress {}

    @Schema(name = "PingFailure")
    @RegisterForReflection
    record PingFailure(
            @NotBlank
                    @Size(max = 10_000)
                    @Schema(description = "For people", examples = "the disk is full")
                    String message) {}

    @Schema(name = "Ping")
    @RegisterForReflection
    record Ping(
            @Schema(
                            description =
                                    "The execution that it has ended; absent: none was waiting, so it counts for the next if that is planned soon",
                            examples = "0196f4a0-2d31-7c44-8b1f-6a0d5b8e9f01")
                    @Nullable UUID executionId) {}

    @Schema(name = "JobHeartbeat")
    @RegisterForReflection
    record JobHeartbeat(
            @Schema(
                            description =
                                    "Where the ping goes, by POST; who has it can ping, so treat it as a secret",
                            examples =
                                    "https://carillon.example.com/api/v1/heartbeats/AZb0oAoRfiKTxF1uf4CaHEdZ2l3pUQmW0uX8kJvT5nY")
                    String url,
            @Schema(description = "When the last ping came; absent: none so far")
                    @Nullable Instant lastPingAt,
            @Schema(
                            description =
                                    "The message of the last ping; absent: it said that all went well",
                            examples = "the disk is full")
                    @Nullable String failure) {}
}
