package io.carillon.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.handler.MaskedHeaders;
import io.carillon.handler.TypedConfig;
import io.carillon.problem.Names;
import io.carillon.schedule.ScheduleSpec;
import io.carillon.schedule.ScheduleWarning;
import io.quarkus.runtime.annotations.RegisterForReflection;
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

/**
 * Defines a job: this record is what clients write, what is kept of each version, and what the
 * job's row holds. Every field is defined here once, with its constraints, its description for
 * clients and its default. Only {@code name} and {@code type} are required; {@link #orDefaults}
 * fills in every other field that has a default.
 *
 * <p>It is read strictly from requests, but leniently from the database, because another version
 * may have written it.
 */
@Schema(name = "JobRequest")
@RegisterForReflection(
        targets = {
            JobDefinition.class,
            // The room of schedules knows no Quarkus.
            ScheduleSpec.class,
            ScheduleSpec.Dst.class,
            ScheduleWarning.class
        })
public record JobDefinition(
        @Pattern(regexp = Names.REGEX, message = Names.MESSAGE)
                @Schema(examples = "default", description = "Cannot be changed later")
                @Nullable String namespace,
        @NotBlank
                @Size(max = 255)
                @Schema(examples = "weekly-report", description = "Unique in its namespace")
                String name,
        @Size(max = 4000)
                @Schema(examples = "The weekly report for sales", description = "For people")
                @Nullable String description,
        @Schedulable
                @Schema(
                        ref = "ScheduleOrCron",
                        description =
                                "A cron expression or an object; absent: the job runs on demand",
                        examples = "{\"cron\": \"0 9 * * 1\", \"timeZone\": \"Europe/Paris\"}")
                @Nullable ScheduleSpec schedule,
        @Schema(examples = "http", description = "The job type: what to do") String type,
        @Schema(type = SchemaType.OBJECT, description = "The config of the type")
                @Nullable ObjectNode config,
        @Pattern(regexp = Names.REGEX, message = Names.MESSAGE)
                @Schema(
                        examples = "default",
                        description = "The queue in which its executions wait for a worker")
                @Nullable String queue,
        @Min(0)
                @Max(9)
                @Schema(examples = "5", description = "Each level is a head start in the queue")
                @Nullable Integer priority,
        @DurationMin(millis = 1)
                @DurationMax(days = 7)
                @Schema(type = SchemaType.STRING, examples = "30s", description = "Per attempt")
                @Nullable Duration timeout,
        @Valid @Schema(description = "How often and how soon a failed attempt is retried")
                @Nullable RetryPolicy retry,
        @Schema(
                        examples = "AT_LEAST_ONCE",
                        description =
                                "AT_MOST_ONCE starts no second attempt once a request may have left")
                @Nullable Delivery delivery,
        @Schema(
                        examples = "SKIP",
                        description =
                                "What happens to an execution that is due while another of the job is active")
                @Nullable Overlap overlap,
        @Min(1)
                @Max(1000)
                @Schema(
                        examples = "1",
                        description = "How many slots of a worker an execution takes")
                @Nullable Integer weight,
        @DurationMin(millis = 1)
                @DurationMax(days = 366)
                @Schema(
                        type = SchemaType.STRING,
                        examples = "10m",
                        description =
                                "An execution that has not started this long after its time is skipped; absent: never")
                @Nullable Duration startDeadline,
        @Valid
                @Schema(
                        description =
                                "Runs this job after each execution of another job that ends in this way")
                @Nullable AfterJob after,
        @Schema(examples = "FIRE_ONCE", description = "Which missed instants are executed")
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
                        description = "The most missed instants that are executed")
                @Nullable Integer catchUpLimit,
        @Size(max = 64)
                @Schema(
                        examples = "{\"team\": \"sales\"}",
                        description = "Key-value pairs to filter listings by")
                @Nullable Map<@NotBlank @Size(max = 63) String, @NotNull @Size(max = 255) String>
                        labels,
        @Schema(description = "false: the job is created paused", examples = "true")
                @Nullable Boolean enabled)
        implements TypedConfig {

    /** The default namespace, and the default queue. */
    public static final String DEFAULT = "default";

    public static final int DEFAULT_PRIORITY = 5;
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);
    public static final Delivery DEFAULT_DELIVERY = Delivery.AT_LEAST_ONCE;
    public static final int DEFAULT_WEIGHT = 1;

    /** Returns a definition of what every job must have, and nothing else. */
    public static JobDefinition least(String name, String type) {
        return new JobDefinition(
                null, name, null, null, type, null, null, null, null, null, null, null, null, null,
                null, null, null, null, null, null);
    }

    /**
     * Returns this definition; if it names no namespace, with {@code otherwise} as its namespace.
     */
    public JobDefinition inNamespace(String otherwise) {
        return namespace != null ? this : with(otherwise, config, after, enabled);
    }

    /** Returns this definition, enabled or paused. */
    public JobDefinition withEnabled(@Nullable Boolean isEnabled) {
        return with(namespace, config, after, isEnabled);
    }

    /** Returns this definition, run after another job, or after none. */
    public JobDefinition withAfter(@Nullable AfterJob other) {
        return with(namespace, config, other, enabled);
    }

    /** Returns this definition for clients, with the values of headers in its config masked. */
    public JobDefinition shown() {
        return config == null ? this : withConfig(MaskedHeaders.shown(config));
    }

    /** Returns this definition with the stored headers in place of masked ones. */
    public JobDefinition keeping(JobDefinition stored) {
        return config == null || stored.config == null
                ? this
                : withConfig(MaskedHeaders.kept(config, stored.config));
    }

    private JobDefinition withConfig(JsonNode other) {
        return with(namespace, (ObjectNode) other, after, enabled);
    }

    private JobDefinition with(
            @Nullable String otherNamespace,
            @Nullable ObjectNode otherConfig,
            @Nullable AfterJob otherAfter,
            @Nullable Boolean isEnabled) {
        return new JobDefinition(
                otherNamespace,
                name,
                description,
                schedule,
                type,
                otherConfig,
                queue,
                priority,
                timeout,
                retry,
                delivery,
                overlap,
                weight,
                startDeadline,
                otherAfter,
                misfire,
                catchUpWindow,
                catchUpLimit,
                labels,
                isEnabled);
    }

    /** Returns this definition with every absent component set to its default, if it has one. */
    public JobDefinition orDefaults() {
        return new JobDefinition(
                namespace == null ? DEFAULT : namespace,
                name,
                description,
                schedule,
                type,
                config == null ? JsonNodeFactory.instance.objectNode() : config,
                queue == null ? DEFAULT : queue,
                priority == null ? DEFAULT_PRIORITY : priority,
                timeout == null ? DEFAULT_TIMEOUT : timeout,
                (retry == null ? RetryPolicy.DEFAULT : retry).orDefaults(),
                delivery == null ? DEFAULT_DELIVERY : delivery,
                overlap == null ? Overlap.SKIP : overlap,
                weight == null ? DEFAULT_WEIGHT : weight,
                startDeadline,
                after == null ? null : after.orDefaults(),
                misfire == null ? MisfirePolicy.FIRE_ONCE : misfire,
                catchUpWindow == null ? Duration.ofHours(24) : catchUpWindow,
                catchUpLimit == null ? 100 : catchUpLimit,
                labels == null ? Map.of() : labels,
                enabled == null || enabled);
    }
}
