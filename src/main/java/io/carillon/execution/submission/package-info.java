/**
 * Accepts executions that clients submit, one or many, in the order of their dependencies ({@link
 * io.carillon.execution.submission.SubmissionOrder}), once for each idempotency key; and replays
 * dead letters.
 */
@NullMarked
package io.carillon.execution.submission;

import org.jspecify.annotations.NullMarked;
