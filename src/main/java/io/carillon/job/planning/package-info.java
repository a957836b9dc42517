/**
 * Shows what will be planned and executes what was missed: previews of a schedule, the forecast
 * over all jobs, manual runs and backfills. It uses {@code job}, which does not know it.
 */
@NullMarked
package io.carillon.job.planning;

import org.jspecify.annotations.NullMarked;
