/**
 * Statistics of a job: how many executions ended and how, and how long they took. {@link
 * io.carillon.execution.statistics.JobDays} sums up each day that is over, once for all, and {@link
 * io.carillon.execution.statistics.JobStatistics} adds what the open day holds, so that an answer
 * costs by days and not by executions.
 */
@NullMarked
package io.carillon.execution.statistics;

import org.jspecify.annotations.NullMarked;
