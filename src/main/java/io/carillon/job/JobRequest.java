package io.carillon.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.definition.AfterJob;
import io.carillon.definition.Delivery;
import io.carillon.definition.MisfirePolicy;
import io.carillon.definition.Overlap;
import io.carillon.definition.RetryPolicy;
import io.carillon.handler.TypedConfig;
import io.carillon.schedule.ScheduleSpec;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

/** A job as a client writes it. Only {@code name} and {@code type} are required. */
@Schema(name = "JobRequest")
public record JobRequest(
        @Pattern(regexp = NAME, message = NAME_MESSAGE)
                @Schema(examples = "default", description = "Cannot be changed later")
                @Nullable String namespace,
        @NotBlank
                @Size(max = 255)
                @Schema(examples = "weekly-report", description = "Unique in its namespace")
                String name,
        @Size(max = 4000) @Schema(examples = "What sales asked for", description = "For people")
                @Nullable String description,
        @Schedulable
                @Schema(
                        oneOf = {String.class, ScheduleSpec.class},
                        description =
                                "A cron expression or an object; absent: the job runs on demand",
                        examples = "{\"cron\": \"0 9 * * 1\", \"timeZone\": \"Europe/Paris\"}")
                @Nullable ScheduleSpec schedule,
        @Schema(examples = "http", description = "What is to be done") String type,
        @Schema(type = SchemaType.OBJECT, description = "What the type needs")
                @Nullable ObjectNode config,
        @Pattern(regexp = NAME, message = NAME_MESSAGE)
                @Schema(
                        examples = "default",
                        description = "Where its executions wait for a worker")
                @Nullable String queue,
        @Min(0) @Max(9) @Schema(examples = "5", description = "A head start for each level")
                @Nullable Integer priority,
        @DurationMin(millis = 1)
                @DurationMax(days = 7)
                @Schema(type = SchemaType.STRING, examples = "30s", description = "Per attempt")
                @Nullable Duration timeout,
        @Valid @Schema(description = "How often, and how soon, a failed attempt is repeated")
                @Nullable RetryPolicy retry,
        @Schema(
                        examples = "AT_LEAST_ONCE",
                        description =
                                "AT_MOST_ONCE starts no second attempt once a request may have left")
                @Nullable Delivery delivery,
        @Schema(
                        examples = "SKIP",
                        description =
                                "What becomes of an execution that is due while another of the job has not ended")
                @Nullable Overlap overlap,
        @Min(1)
                @Max(1000)
                @Schema(examples = "1", description = "Slots of a worker an execution takes")
                @Nullable Integer weight,
        @DurationMin(millis = 1)
                @DurationMax(days = 366)
                @Schema(
                        type = SchemaType.STRING,
                        examples = "10m",
                        description =
                                "An execution that has not started so long after its time is skipped; absent: never")
                @Nullable Duration startDeadline,
        @Valid @Schema(description = "It runs after each execution of another job that ends so")
                @Nullable AfterJob after,
        @Schema(examples = "FIRE_ONCE", description = "What of missed instants is executed")
                @Nullable MisfirePolicy misfire,
        @DurationMin(millis = 0)
                @DurationMax(days = 3650)
                @Schema(
                        type = SchemaType.STRING,
                        examples = "24h",
                        description = "How far back missed instants are executed")
                @Nullable Duration catchUpWindow,
        @Min(1)
                @Max(10_000)
                @Schema(
                        examples = "100",
                        description = "How many missed instants at most are executed")
                @Nullable Integer catchUpLimit,
        @Size(max = 64)
                @Schema(
                        examples = "{\"team\": \"sales\"}",
                        description = "Whatever listings are to be filtered by")
                @Nullable Map<@NotBlank @Size(max = 63) String, @NotNull @Size(max = 255) String>
                        labels,
        @Schema(description = "False: created paused", examples = "true") @Nullable Boolean enabled)
        implements TypedConfig {

    static final String NAME = "^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$";
    static final String NAME_MESSAGE =
            "expected up to 63 lower-case letters, digits, '-', '_' or '.', beginning and ending with a letter or"
                    + " digit";

    /** This request with {@code otherwise} as its namespace where it names none. */
    JobRequest inNamespace(String otherwise) {
        return namespace != null ? this : with(otherwise, enabled);
    }

    /** This definition paused, or not. */
    JobRequest withEnabled(@Nullable Boolean isEnabled) {
        return with(namespace, isEnabled);
    }

    private JobRequest with(@Nullable String otherNamespace, @Nullable Boolean isEnabled) {
        return new JobRequest(
                otherNamespace,
                name,
                description,
                schedule,
                type,
                config,
                queue,
                priority,
                timeout,
                retry,
                delivery,
                overlap,
                weight,
                startDeadline,
                after,
                misfire,
                catchUpWindow,
                catchUpLimit,
                labels,
                isEnabled);
    }

    /** This request with every absent component at its default, where it has one. */
    JobRequest orDefaults() {
        return new JobRequest(
                namespace == null ? "default" : namespace,
                name,
                description,
                schedule,
                type,
                config == null
                        ? com.fasterxml.jackson.databind.node.JsonNodeFactory.instance.objectNode()
                        : config,
                queue == null ? "default" : queue,
                priority == null ? 5 : priority,
                timeout == null ? Duration.ofSeconds(30) : timeout,
                (retry == null ? RetryPolicy.DEFAULT : retry).orDefaults(),
                delivery == null ? Delivery.AT_LEAST_ONCE : delivery,
                overlap == null ? Overlap.SKIP : overlap,
                weight == null ? 1 : weight,
                startDeadline,
                after == null ? null : after.orDefaults(),
                misfire == null ? MisfirePolicy.FIRE_ONCE : misfire,
                catchUpWindow == null ? Duration.ofHours(24) : catchUpWindow,
                catchUpLimit == null ? 100 : catchUpLimit,
                labels == null ? Map.of() : labels,
                enabled == null || enabled);
    }
}
