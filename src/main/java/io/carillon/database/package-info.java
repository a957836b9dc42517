/**
 * Access to PostgreSQL: the embedded server for users who configured none, the one door to
 * connections and transactions ({@link io.carillon.database.Database}), sessions for background
 * loops ({@link io.carillon.database.BackgroundPool}), the one {@link
 * io.carillon.database.DatabaseClock clock}, the places where looks for work begin ({@link
 * io.carillon.database.IndexHeads}), the version of the time zone rules ({@link
 * io.carillon.database.TimeZoneData}), the notifications that replicas use to wake each other, and
 * time-ordered ids. Any package may use it; it knows no feature.
 *
 * <p>A notification is only a hint: every listener also polls, and a listener that was disconnected
 * is called for every topic once it is connected again.
 */
@NullMarked
package io.carillon.database;

import org.jspecify.annotations.NullMarked;
