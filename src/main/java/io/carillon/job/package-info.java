/**
 * Jobs: what to do and when. Owns the tables {@code job} and {@code job_revision} and the endpoints
 * under {@code /jobs} that create, list and change them.
 *
 * <p>{@link io.carillon.job.JobCreation} makes jobs, {@link io.carillon.job.JobService} changes
 * them, {@link io.carillon.job.JobRevisions} keeps the versions that are replaced, {@link
 * io.carillon.job.JobPruner} removes what was deleted long ago; {@link io.carillon.job.JobMapping}
 * is between a row and its {@linkplain io.carillon.definition.JobDefinition definition}, in both
 * directions and for new jobs too. {@link io.carillon.job.CalendarJobs} is what a change of a
 * calendar does to jobs. Rooms above: {@code history}, {@code planning}, {@code importing}.
 *
 * <p>A job and its trigger change in one transaction: first the job's row is locked, then {@link
 * io.carillon.firing.Triggers} settles and locks the trigger, then both change, the version that is
 * replaced is kept, and the trigger is told of the new one.
 */
@NullMarked
package io.carillon.job;

import org.jspecify.annotations.NullMarked;
