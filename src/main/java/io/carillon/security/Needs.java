package io.carillon.security;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says which role an operation needs. An operation without it refuses everybody. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Needs {
    /** The role, in the namespace of the operation's subject. */
    Role value();

    /**
     * Whether the role is needed in all namespaces, because the operation does not concern a single
     * one.
     */
    boolean everywhere() default false;
}
