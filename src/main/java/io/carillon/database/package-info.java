/**
 * How a replica reaches its PostgreSQL: the embedded server for those who configured none, the one
 * door to connections and transactions ({@link io.carillon.database.Database}), sessions for what
 * goes round all the time ({@link io.carillon.database.BackgroundPool}), the one {@link
 * io.carillon.database.DatabaseClock clock}, where looks for work begin ({@link
 * io.carillon.database.IndexHeads}), the version of the time zone rules ({@link
 * io.carillon.database.TimeZoneData}), the notifications by which replicas wake each other, and
 * time-ordered ids. Any package may use it; it knows no feature.
 *
 * <p>Notifications are a hint and never a fact: whoever listens also polls, and a listener that has
 * been disconnected is called for every topic once it is back.
 */
@NullMarked
package io.carillon.database;

import org.jspecify.annotations.NullMarked;
