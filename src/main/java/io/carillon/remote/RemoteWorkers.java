package io.carillon.remote;

import io.carillon.database.DatabaseClock;
import io.carillon.definition.Delivery;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.dispatch.OutcomeRules;
import io.carillon.execution.ledger.Completion;
import io.carillon.execution.ledger.RemoteExecutions;
import io.carillon.execution.ledger.RemoteExecutions.Held;
import io.carillon.execution.ledger.RemoteExecutions.Holding;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.carillon.remote.RemoteRequests.HeartbeatAnswer;
import io.carillon.security.Scope;
import io.carillon.worker.RemoteWorkerStore;
import io.carillon.worker.RemoteWorkerStore.RemoteWorker;
import io.carillon.worker.WorkerStore;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** Keeps remote workers' leases, tells them what to stop, and lets them leave. */
@ApplicationScoped
class RemoteWorkers {
    /**
     * After this time a worker must have named an answered claim in a heartbeat. Longer than a
     * lease, within which an answer arrives or the worker is declared dead.
     */
    private static final Duration HEARD_OF = Duration.ofSeconds(5);

    private final RemoteWorkerStore store;
    private final WorkerStore leases;
    private final RemoteExecutions executions;
    private final RemoteOutcomes outcomes;
    private final WaitingWorkers waiting;
    private final DatabaseClock clock;

    RemoteWorkers(
            RemoteWorkerStore store,
            WorkerStore leases,
            RemoteExecutions executions,
            RemoteOutcomes outcomes,
            WaitingWorkers waiting,
            DatabaseClock clock) {
        this.store = store;
        this.leases = leases;
        this.executions = executions;
        this.outcomes = outcomes;
        this.waiting = waiting;
        this.clock = clock;
    }

    /** Returns the 409 for a worker whose lease has ended. */
    static ProblemException ended(UUID id) {
        return new ProblemException(
                ProblemKind.LEASE_LOST,
                "The worker %s has ended, and its executions were taken back: register again."
                        .formatted(id));
    }

    /**
     * Returns the worker, and renews its lease.
     *
     * @throws ProblemException 404 if the caller sees no such worker, 409 if its lease has ended
     */
    RemoteWorker heard(Scope scope, UUID id) {
        return store.beat(id, scope.listed(null).orElse(null))
                .orElseThrow(
                        () -> {
                            var absent = ProblemException.notFound("remote worker", id);
                            var worker = store.find(id).orElseThrow(() -> absent);
                            scope.check(worker.namespace(), absent);
                            return ended(id);
                        });
    }

    /**
     * Renews a lease.
     *
     * @param known the executions that the worker knows it holds
     */
    HeartbeatAnswer heartbeat(Scope scope, UUID id, Set<UUID> known) {
        var worker = heard(scope, id);
        var held = executions.heldBy(id, HEARD_OF);
        var ids = held.stream().map(Holding::id).collect(Collectors.toSet());
        held.stream()
                .filter(each -> each.isOld() && !known.contains(each.id()))
                .forEach(each -> giveBackUnknown(id, each.id()));
        return new HeartbeatAnswer(
                worker.capacity() == 0 || !worker.isRunning(),
                held.stream()
                        .filter(each -> each.isCancelRequested() && known.contains(each.id()))
                        .map(Holding::id)
                        .toList(),
                known.stream().filter(each -> !ids.contains(each)).toList());
    }

    /**
     * Gives back executions that may run twice. Others end at their timeout, because it is not
     * certain that the worker never heard of them.
     */
    private void giveBackUnknown(UUID workerId, UUID id) {
        executions
                .find(id)
                .filter(held -> held.isBy(workerId, held.claim().epoch()))
                .filter(held -> held.claim().delivery() == Delivery.AT_LEAST_ONCE)
                .flatMap(
                        held ->
                                outcomes.begin(
                                        held.isCancelRequested()
                                                ? Completion.cancelled(held.claim())
                                                : Completion.givenBack(held.claim()),
                                        held.runningFor()))
                .ifPresent(
                        begun ->
                                Log.warnf(
                                        "gave back a claim whose answer was lost executionId=%s worker=%s",
                                        id, workerId));
    }

    /**
     * Ends a worker, and gives back what it holds without counting the attempt. Does nothing if it
     * has already ended.
     */
    void leave(Scope scope, UUID id) {
        var absent = ProblemException.notFound("remote worker", id);
        var worker = store.find(id).orElseThrow(() -> absent);
        scope.check(worker.namespace(), absent);
        if (worker.hasEnded()) {
            return;
        }
        // Waits for a claim in progress, and prevents further ones.
        leases.stopping(id);
        waiting.wake(id);
        var stored = new ArrayList<CompletableFuture<Boolean>>();
        for (var held : heldBy(id)) {
            outcomes.begin(endOf(held), held.runningFor()).ifPresent(stored::add);
        }
        stored.forEach(RemoteOutcomes::await);
        leases.stopped(id);
    }

    private List<Held> heldBy(UUID workerId) {
        return executions.heldBy(workerId, HEARD_OF).stream()
                .flatMap(each -> executions.find(each.id()).stream())
                .filter(held -> held.state() == ExecutionState.RUNNING)
                .toList();
    }

    private Completion endOf(Held held) {
        return held.isCancelRequested()
                ? Completion.cancelled(held.claim())
                : OutcomeRules.stopped(held.claim(), clock.now());
    }
}
