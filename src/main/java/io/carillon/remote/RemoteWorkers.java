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
     * A claim that is answered has been heard of by then: the worker's heartbeat says so. Longer
     * than a lease, within which an answer comes or the worker is taken for dead.
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

    /** 409 for a worker whose lease has ended. */
    static ProblemException ended(UUID id) {
        return new ProblemException(
                ProblemKind.LEASE_LOST,
                "The worker %s has ended, and what it held was given away: register anew."
                        .formatted(id));
    }

    /**
     * The worker, whose lease holds and is renewed by its call.
     *
     * @throws ProblemException 404 if there is none in sight, 409 if its lease has ended
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
     * @param known what the worker holds, as it knows
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
     * What may run twice is given back. What may not ends at its timeout: that its worker has never
     * heard of it is not certain.
     */
    private void giveBackUnknown(UUID workerId, UUID id) {
        executions
                .find(id)
                .filter(held -> held.isBy(workerId, held.claim().epoch()))
                .filter(held -> held.claim().delivery() == Delivery.AT_LEAST_ONCE)
                .map(
                        held ->
                                held.isCancelRequested()
                                        ? Completion.cancelled(held.claim())
                                        : Completion.givenBack(held.claim()))
                .flatMap(outcomes::begin)
                .ifPresent(
                        begun ->
                                Log.warnf(
                                        "gave back a claim whose answer was lost executionId=%s worker=%s",
                                        id, workerId));
    }

    /**
     * Ends a worker, and gives back what it holds without counting the attempt. One that has ended
     * is left as it is.
     */
    void leave(Scope scope, UUID id) {
        var absent = ProblemException.notFound("remote worker", id);
        var worker = store.find(id).orElseThrow(() -> absent);
        scope.check(worker.namespace(), absent);
        if (worker.hasEnded()) {
            return;
        }
        // Waits for a claim in progress, and lets no other begin.
        leases.stopping(id);
        waiting.wake(id);
        var stored = new ArrayList<CompletableFuture<Boolean>>();
        for (var held : heldBy(id)) {
            outcomes.begin(endOf(held)).ifPresent(stored::add);
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
