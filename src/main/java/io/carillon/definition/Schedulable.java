package io.carillon.definition;

import io.carillon.problem.Problem.Violation;
import io.carillon.problem.Violations;
import io.carillon.schedule.InvalidScheduleException;
import io.carillon.schedule.ScheduleSpec;
import io.carillon.schedule.TimeZones;
import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Requires that a schedule can be compiled. It is a constraint so that its violations are reported
 * together with those of other fields. Whether the schedule ever fires and whether its calendars
 * exist is checked later.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
@Constraint(validatedBy = Schedulable.Check.class)
public @interface Schedulable {
    String message() default "is not a schedule";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    /** Compiles the schedule without reference to a job. */
    class Check implements ConstraintValidator<Schedulable, @Nullable ScheduleSpec> {
        @Override
        public boolean isValid(@Nullable ScheduleSpec spec, ConstraintValidatorContext context) {
            var violation = spec == null ? null : violation(spec);
            if (violation != null) {
                Violations.add(context, violation);
            }
            return violation == null;
        }

        private static @Nullable Violation violation(ScheduleSpec spec) {
            String ambiguity = TimeZones.ambiguity(spec.timeZone());
            if (ambiguity != null) {
                return new Violation("timeZone", ambiguity);
            }
            try {
                withoutCalendars(spec).compile(Instant.EPOCH, "");
                return null;
            } catch (InvalidScheduleException invalid) {
                return invalid.neverFires()
                        ? null
                        : new Violation(invalid.field(), String.valueOf(invalid.getMessage()));
            }
        }

        private static ScheduleSpec withoutCalendars(ScheduleSpec spec) {
            return new ScheduleSpec(
                    spec.cron(),
                    spec.every(),
                    spec.at(),
                    spec.timeZone(),
                    spec.startAt(),
                    spec.endAt(),
                    spec.dst(),
                    null,
                    spec.jitter(),
                    spec.maxRuns());
        }
    }
}
