/**
 * Acts on many jobs at once: applies the desired state of an owner ({@link
 * io.carillon.job.bulk.JobApply}), exports jobs as {@code apply} takes them, and pauses, resumes,
 * triggers or deletes what a filter finds ({@link io.carillon.job.bulk.JobActions}).
 *
 * <p>An owner is a label, {@code managed-by}. What an owner declares is created or changed; what it
 * no longer names is deleted if it asks for that. Jobs of others are never touched. All of it is
 * one transaction, and those of one owner wait for each other. A dry run is the same transaction,
 * rolled back: so its answer is exact, quotas, cycles and schedules that never fire included. It
 * holds the locks of the jobs as long as the real one.
 */
@NullMarked
package io.carillon.job.bulk;

import org.jspecify.annotations.NullMarked;
