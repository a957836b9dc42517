/**
 * Decides which executions wait for which: executions of one job, by its overlap policy ({@link
 * io.carillon.execution.follow.Overlaps}); submissions that depend on others, and a job's next
 * execution ({@link io.carillon.execution.follow.Followers}); jobs that run after jobs ({@link
 * io.carillon.execution.follow.FollowUps}). {@link io.carillon.execution.follow.JobRuns} adds an
 * execution of a job under its overlap policy. The ledger notes which executions have ended; this
 * package handles the notes, in transactions of bounded size.
 */
@NullMarked
package io.carillon.execution.follow;

import org.jspecify.annotations.NullMarked;
