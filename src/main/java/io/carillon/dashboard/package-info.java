/**
 * The page at {@code /}: jobs and their latest executions, for people. It only reads, through
 * {@link io.carillon.job.JobSummaries} and {@link io.carillon.execution.ledger.ExecutionQueries};
 * nothing depends on it. This package turns every value into text, so that the template has no
 * logic; the template engine escapes it. The page has no script.
 */
@NullMarked
package io.carillon.dashboard;

import org.jspecify.annotations.NullMarked;
