/**
 * Moves executions through a worker: {@link io.carillon.execution.dispatch.Dispatcher} claims as
 * many as there is room for, by {@link io.carillon.execution.dispatch.ClaimRounds} from queues
 * without limits and limited ones in turn, and by {@link
 * io.carillon.execution.dispatch.LimitedQueues} within the limits of queues and namespaces; {@link
 * io.carillon.execution.dispatch.Attempt} runs a handler on a virtual thread and always ends in an
 * outcome; {@link io.carillon.execution.dispatch.CompletionBatcher} stores outcomes, and halves a
 * batch that is refused until the bad one is alone. {@link io.carillon.execution.dispatch.Promoter}
 * queues what has come due, {@link io.carillon.execution.dispatch.Rescuer} takes back the work of
 * dead workers.
 */
@NullMarked
package io.carillon.execution.dispatch;

import org.jspecify.annotations.NullMarked;
