/**
 * Carillon's own housekeeping: duties that one replica does for all, every few minutes. A package
 * above defines a {@link io.carillon.housekeeping.Duty} and a {@code @Scheduled} method of the same
 * name that hands it to {@link io.carillon.housekeeping.Housekeeping}. Work that is done many times
 * a second, or by each replica for itself, is a {@link io.carillon.replica.Loop} instead.
 *
 * <p><b>Who does it.</b> The stock clustered scheduler of Quartz, as Quarkus's extension starts it,
 * on replicas that fire. Its triggers are rows of the tables that firing uses too, under another
 * {@code sched_name}; the replica that holds the row does the duty, and Quartz keeps two replicas
 * from doing it at the same time. A killed replica stops checking in, and another takes over its
 * triggers and its unfinished duty. A duty that came due while no replica was there is done when
 * one starts.
 *
 * <p><b>Why a duty must still tolerate running twice at the same time.</b> Quartz compares the wall
 * clocks of replicas. A replica whose clock is wrong, or that stood still, may be declared dead
 * while it works. So a duty must be correct whenever and however often it runs, and take a lock
 * where two runs would interfere.
 *
 * <p><b>What is recorded.</b> The table {@code housekeeping} says when and where each duty last
 * began, succeeded and failed. Every replica reads it ({@link io.carillon.housekeeping.DutyWatch}),
 * so that metrics and the health document say the same on each, and notices overdue duties. A
 * failure is one line in the log, and the duty is done again when it is next due.
 *
 * <p><b>Duties come and go with versions.</b> Every replica renews in that table that it knows its
 * duties. Any replica removes a trigger whose name no replica has renewed for an hour. So an older
 * version that starts during a rolling update does not remove the duties of a newer one.
 */
@NullMarked
package io.carillon.housekeeping;

import org.jspecify.annotations.NullMarked;
