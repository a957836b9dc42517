package io.carillon.execution.submission;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.definition.Delivery;
import io.carillon.definition.JobDefinition;
import io.carillon.definition.OnDependencyFailure;
import io.carillon.definition.RetryPolicy;
import io.carillon.handler.TypedConfig;
import io.carillon.problem.Names;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

/** Requests one execution without a job. Only {@code type} is required. */
@Schema(name = "Submission")
@RegisterForReflection
public record SubmissionRequest(
        @Pattern(regexp = Names.REGEX, message = Names.MESSAGE)
                @Schema(
                        examples = "default",
                        description = "The namespace it belongs to; default: default")
                @Nullable String namespace,
        @Schema(examples = "http", description = "The job type: what to do") String type,
        @Schema(
                        type = SchemaType.OBJECT,
                        examples = "{\"url\": \"https://example.com/invoices\"}",
                        description = "The config of the type")
                @Nullable ObjectNode config,
        @Pattern(regexp = Names.REGEX, message = Names.MESSAGE)
                @Schema(
                        examples = "default",
                        description = "The queue in which it waits for a worker; default: default")
                @Nullable String queue,
        @Min(0)
                @Max(9)
                @Schema(
                        examples = "5",
                        description = "Each level is a head start in the queue; default 5")
                @Nullable Integer priority,
        @Schema(examples = "2026-12-01T09:00:00Z", description = "The earliest start; absent: now")
                @Nullable Instant runAt,
        @DurationMin(millis = 1)
                @DurationMax(days = 7)
                @Schema(
                        type = SchemaType.STRING,
                        examples = "90s",
                        description = "Timeout of one attempt; default 30s")
                @Nullable Duration timeout,
        @Valid @Schema(description = "How often and how soon a failed attempt is retried")
                @Nullable RetryPolicy retry,
        @Schema(
                        examples = "AT_LEAST_ONCE",
                        description =
                                "AT_MOST_ONCE starts no second attempt once a request may have left")
                @Nullable Delivery delivery,
        @Min(1)
                @Max(1000)
                @Schema(examples = "1", description = "How many slots of a worker it takes")
                @Nullable Integer weight,
        @DurationMin(millis = 1)
                @DurationMax(days = 366)
                @Schema(
                        type = SchemaType.STRING,
                        examples = "10m",
                        description =
                                "Skipped if it has not started this long after runAt; absent: never")
                @Nullable Duration startDeadline,
        @Size(max = 1000)
                @Schema(
                        examples = "[\"extract\"]",
                        description =
                                "It waits until these have ended: ids of executions, or refs in the same batch")
                @Nullable List<@NotBlank @Size(max = 255) String> dependsOn,
        @Schema(
                        description =
                                "If one of them does not succeed: CANCEL (default) this one too, or RUN it anyway",
                        examples = "CANCEL")
                @Nullable OnDependencyFailure onDependencyFailure,
        @Size(max = 64)
                @Schema(
                        examples = "{\"team\": \"sales\"}",
                        description = "Key-value pairs to filter listings by")
                @Nullable Map<@NotBlank @Size(max = 63) String, @NotNull @Size(max = 255) String>
                        labels,
        @Size(max = 255)
                @Schema(
                        description = "A name that dependsOn of others in the same batch may use",
                        examples = "extract")
                @Nullable String ref,
        @Size(min = 1, max = 255)
                @Schema(
                        examples = "invoice-2026-11-4711",
                        description =
                                "In a batch: what the header Idempotency-Key is for a single submission")
                @Nullable String idempotencyKey)
        implements TypedConfig {

    /** Returns this request with {@code key}, unless it has a key already. */
    public SubmissionRequest withKey(@Nullable String key) {
        return key == null || idempotencyKey != null ? this : with(namespace, key);
    }

    /** Returns the same request in another namespace; fills in no default. */
    SubmissionRequest inNamespace(String other) {
        return other.equals(namespaceOrDefault()) ? this : with(other, idempotencyKey);
    }

    private SubmissionRequest with(@Nullable String otherNamespace, @Nullable String otherKey) {
        return new SubmissionRequest(
                otherNamespace,
                type,
                config,
                queue,
                priority,
                runAt,
                timeout,
                retry,
                delivery,
                weight,
                startDeadline,
                dependsOn,
                onDependencyFailure,
                labels,
                ref,
                otherKey);
    }

    String namespaceOrDefault() {
        return namespace == null ? JobDefinition.DEFAULT : namespace;
    }

    String queueOrDefault() {
        return queue == null ? JobDefinition.DEFAULT : queue;
    }
}
