/**
 * Answers what is to come, and makes good what was missed: previews of a schedule, the forecast
 * over all jobs, runs by hand and backfills. Uses jobs and their schedules; {@code job} does not
 * know it.
 */
@NullMarked
package io.carillon.job.planning;

import org.jspecify.annotations.NullMarked;
