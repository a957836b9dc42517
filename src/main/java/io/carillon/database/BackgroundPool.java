package io.carillon.database;

import static java.lang.annotation.ElementType.FIELD;
import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.ElementType.PARAMETER;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import jakarta.inject.Qualifier;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/**
 * The data source of what goes round all the time: firing, claiming, storing outcomes, promoting,
 * rescuing, heartbeats. See {@link LoopConnections}; whoever answers a request uses the one without
 * a qualifier.
 */
@Qualifier
@Retention(RUNTIME)
@Target({FIELD, METHOD, PARAMETER})
public @interface BackgroundPool {}
