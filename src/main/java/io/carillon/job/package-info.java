/**
 * Jobs: what to do and when. Owns the tables {@code job} and {@code job_revision} and the endpoints
 * under {@code /jobs} that create, list and change them.
 *
 * <p>{@link io.carillon.job.JobCreation} makes jobs, {@link io.carillon.job.JobService} changes
 * them, {@link io.carillon.job.JobRevisions} keeps replaced versions, {@link
 * io.carillon.job.JobPruner} removes jobs that were deleted long ago. {@link
 * io.carillon.job.JobMapping} converts between a row and its {@linkplain
 * io.carillon.definition.JobDefinition definition}, for stored and for new jobs. {@link
 * io.carillon.job.CalendarJobs} changes jobs when a calendar changes. The packages {@code history},
 * {@code planning}, {@code importing} and {@code bulk} build on this one.
 *
 * <p>A job and its trigger change in one transaction: first the job's row is locked, then {@link
 * io.carillon.firing.Triggers} settles and locks the trigger, then both change, the replaced
 * version is stored, and the trigger gets the new version number.
 */
@NullMarked
package io.carillon.job;

import org.jspecify.annotations.NullMarked;
