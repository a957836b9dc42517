/**
 * Imports jobs from crontabs, Kubernetes CronJobs, Cloud Scheduler, EventBridge Scheduler and
 * Dkron. Everything in the source keeps its meaning, or is refused, or is noted; the meaning never
 * changes silently. A new format is a reader that yields {@link
 * io.carillon.job.importing.ImportedJob}s.
 */
@NullMarked
package io.carillon.job.importing;

import org.jspecify.annotations.NullMarked;
