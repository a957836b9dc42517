/**
 * Makes jobs of what others write: crontabs and Kubernetes CronJobs. What is read keeps the meaning
 * it has there, is refused, or is noted; never silently another. A new format is a reader that
 * yields {@link io.carillon.job.importing.ImportedJob}s.
 */
@NullMarked
package io.carillon.job.importing;

import org.jspecify.annotations.NullMarked;
