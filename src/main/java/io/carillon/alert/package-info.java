/**
 * Rules: whom to tell when jobs fail or do not run, when queues are behind and workers are lost,
 * and when all is well again.
 *
 * <p>{@code execution.ledger.Ends} notes the ends that a rule asks for, in the transaction that
 * ends them, so none is lost. {@link io.carillon.alert.Alerts} judges them in their order, on one
 * replica at a time, and counts how often each job has failed in a row; each rule sends its news in
 * at most one message a minute. A message is an execution of type {@code http} in the queue {@code
 * alerts}, submitted in the transaction that takes its news. So it is submitted once, and then
 * retried and kept like any other execution. It has no job, so no rule watches it.
 *
 * <p>Services of incidents ({@link io.carillon.alert.Incidents}) get a message for each incident:
 * one that follows another about the same incident waits for it, as an execution that depends on
 * it, for a retry may be later than what closes the incident. A rule may run a job instead of
 * sending a message; such rules watch no job that any rule runs, so there is no circle of them.
 */
@NullMarked
package io.carillon.alert;

import org.jspecify.annotations.NullMarked;
