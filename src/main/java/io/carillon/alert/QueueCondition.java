package io.carillon.alert;

import io.carillon.problem.Names;
import io.carillon.problem.Problem.Violation;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

/**
 * Says when a queue is behind: if either {@code deeperThan} or {@code olderThan} holds.
 *
 * @param name absent: each queue of the namespace
 * @param lasting how long it has to be behind; absent: not at all
 */
@Schema(name = "RuleQueue")
@RegisterForReflection
public record QueueCondition(
        @Pattern(regexp = Names.REGEX, message = Names.MESSAGE)
                @Schema(
                        examples = "reports",
                        description = "Absent: each queue of the namespace by itself")
                @Nullable String name,
        @Min(0)
                @Max(1_000_000_000)
                @Schema(
                        examples = "1000",
                        description = "Reports more executions that are ready to run than this")
                @Nullable Long deeperThan,
        @DurationMin(seconds = 1)
                @DurationMax(days = 366)
                @Schema(
                        type = SchemaType.STRING,
                        examples = "10m",
                        description = "Reports an execution that has been ready to run for longer")
                @Nullable Duration olderThan,
        @DurationMin(seconds = 1)
                @DurationMax(days = 7)
                @Schema(
                        type = SchemaType.STRING,
                        examples = "5m",
                        description = "Only if it is so for this long; absent: at once")
                @Nullable Duration lasting) {

    List<Violation> violations() {
        return deeperThan == null && olderThan == null
                ? List.of(
                        new Violation("queue.deeperThan", "expected deeperThan, olderThan or both"))
                : List.of();
    }
}
