/**
 * The spans of executions and their attempts. {@link io.carillon.execution.trace.AttemptSpans}
 * writes an attempt where it was made, when it ends. {@link
 * io.carillon.execution.trace.ExecutionSpans} writes the execution, with what it says of its past
 * in the ledger: on the replica that has ended it, after the commit, on a thread of its own. So the
 * replicas need not agree on who writes what, and nobody who runs an execution waits.
 */
@NullMarked
package io.carillon.execution.trace;

import org.jspecify.annotations.NullMarked;
