/**
 * The page at {@code /}: jobs and their latest executions, for people. It only reads, through
 * {@link io.carillon.job.JobSummaries} and {@link io.carillon.execution.ledger.ExecutionQueries};
 * nothing depends on it. Every value on the page is made into text here, so that the template has
 * no logic, and is escaped by the template engine. The page carries no script.
 */
@NullMarked
package io.carillon.dashboard;

import org.jspecify.annotations.NullMarked;
