package io.carillon.database;

import static java.lang.annotation.ElementType.FIELD;
import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.ElementType.PARAMETER;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import jakarta.inject.Qualifier;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/**
 * Qualifies the data source of background loops: firing, claiming, storing outcomes, promoting,
 * rescuing, heartbeats. See {@link LoopConnections}. Code that answers requests uses the data
 * source without a qualifier.
 */
@Qualifier
@Retention(RUNTIME)
@Target({FIELD, METHOD, PARAMETER})
public @interface BackgroundPool {}
