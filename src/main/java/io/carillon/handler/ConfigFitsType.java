package io.carillon.handler;

import io.carillon.problem.Violations;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Requires that the type exists and can read the config. It is a constraint so that violations of a
 * config are reported together with those of other fields.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Constraint(validatedBy = ConfigFitsType.Check.class)
public @interface ConfigFitsType {
    String message() default "does not fit";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    /** Asks the handlers. */
    @ApplicationScoped
    class Check implements ConstraintValidator<ConfigFitsType, TypedConfig> {
        private final JobHandlers handlers;

        Check(JobHandlers handlers) {
            this.handlers = handlers;
        }

        @Override
        public boolean isValid(TypedConfig request, ConstraintValidatorContext context) {
            var violations = handlers.violations(request.type(), request.config());
            violations.forEach(violation -> Violations.add(context, violation));
            return violations.isEmpty();
        }
    }
}
