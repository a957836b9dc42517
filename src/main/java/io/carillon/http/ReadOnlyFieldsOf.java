package io.carillon.http;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the body of an operation that takes what another has answered: fields that only the answer
 * has are passed over.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface ReadOnlyFieldsOf {
    /** The answer. */
    Class<?> value();
}
