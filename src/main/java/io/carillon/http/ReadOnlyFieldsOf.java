package io.carillon.http;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the body of an operation that accepts another operation's answer: fields that only the
 * answer has are ignored.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface ReadOnlyFieldsOf {
    /** The type of the answer. */
    Class<?> value();
}
