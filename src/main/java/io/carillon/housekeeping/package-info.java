/**
 * Carillon's own housekeeping: what is done every few minutes, by one replica for all. A room above
 * has a {@link io.carillon.housekeeping.Duty} and a {@code @Scheduled} method of its name that
 * hands it to {@link io.carillon.housekeeping.Housekeeping}. What must be looked at many times a
 * second, or by each replica for itself, is a {@link io.carillon.replica.Loop} instead.
 *
 * <p><b>Who does it.</b> The stock clustered scheduler of Quartz, as Quarkus's extension starts it,
 * on replicas that fire. Its triggers are rows of the tables that firing uses too, under another
 * {@code sched_name}; whoever has the row does the duty, and Quartz keeps two replicas from doing
 * it at the same time. A replica that is killed stops checking in, and another takes over its
 * triggers and what it was at. A duty that came due while no replica was there is done when one
 * starts.
 *
 * <p><b>Why a duty still has to bear a second one beside it.</b> Quartz compares the wall clocks of
 * replicas. One whose clock is wrong, or that stood still, may be taken for dead while it works. So
 * a duty is right whenever and however often it runs, and takes a lock where two would hinder each
 * other.
 *
 * <p><b>What is known of it.</b> The table {@code housekeeping} says when each duty was begun, done
 * and failed last, and where. Every replica reads it ({@link io.carillon.housekeeping.DutyWatch}),
 * so that metrics and the health document of each say the same, and notices what is overdue. What
 * fails is one line in the log, and is done again when it is next due.
 *
 * <p><b>Duties come and go with versions.</b> Every replica renews in that table that it knows its
 * duties. A trigger of a name that no replica has known for an hour is removed, by any replica; so
 * a duty of a newer version is not taken from it by an older one that starts during a rolling
 * update.
 */
@NullMarked
package io.carillon.housekeeping;

import org.jspecify.annotations.NullMarked;
