package io.carillon.remote;

import io.carillon.database.Notifications;
import io.carillon.database.Topic;
import io.carillon.execution.ledger.RemoteExecutions;
import io.carillon.execution.ledger.RemoteExecutions.Task;
import io.carillon.replica.Loop;
import io.carillon.replica.Loops;
import io.carillon.replica.ReplicaRole;
import io.carillon.replica.Roles;
import io.carillon.replica.StartOrder;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Keeps the claims that wait on this replica for something to run, and wakes them. One loop looks
 * for all of them together: when a notification reports work, and twice a second in case a message
 * was lost. A waiting claim uses only a virtual thread.
 */
@ApplicationScoped
class WaitingWorkers {
    private static final Duration POLL = Duration.ofMillis(500);

    /** Limits the looks, since busy clusters notify of work many times a second. */
    private static final Duration REST = Duration.ofMillis(3);

    private final RemoteExecutions executions;
    private final Notifications notifications;
    private final Roles roles;
    private final Loops loops;
    private final Loop loop;
    private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;

    /** A waiting claim. The caller that makes it closes it. */
    final class Waiter implements AutoCloseable {
        private final UUID workerId;
        private final List<Task> tasks;
        private final Semaphore signal = new Semaphore(0);

        private Waiter(UUID workerId, List<Task> tasks) {
            this.workerId = workerId;
            this.tasks = tasks;
        }

        /** Waits until there may be something to run, or until the time is over. */
        void await(Duration atMost) throws InterruptedException {
            if (!stopping && signal.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
                signal.drainPermits();
            }
        }

        @Override
        public void close() {
            waiters.remove(this);
        }
    }

    WaitingWorkers(
            RemoteExecutions executions, Notifications notifications, Roles roles, Loops loops) {
        this.executions = executions;
        this.notifications = notifications;
        this.roles = roles;
        this.loops = loops;
        this.loop = loops.background("waiting-workers", this::round);
    }

    void start(@Observes @Priority(StartOrder.DISPATCH) StartupEvent event) {
        if (roles.all().contains(ReplicaRole.API)) {
            notifications.on(Topic.WORK, argument -> wake());
            notifications.on(Topic.QUEUE, argument -> wake());
            loops.start(loop);
        }
    }

    /** Ends all waits, so that no claim delays the end of this replica. */
    void stopWaiting(@Observes ShutdownDelayInitiatedEvent event) {
        stopping = true;
        waiters.forEach(waiter -> waiter.signal.release());
    }

    void stop(@Observes @Priority(StartOrder.DISPATCH) ShutdownEvent event) {
        loop.stop();
    }

    /** Whether this replica is about to end, so that no claim may wait any more. */
    boolean isStopping() {
        return stopping;
    }

    /** Registers a claim: from now on notifications of work wake it. */
    Waiter join(UUID workerId, String namespace, List<String> tasks) {
        var waiter =
                new Waiter(
                        workerId, tasks.stream().map(task -> new Task(namespace, task)).toList());
        waiters.add(waiter);
        return waiter;
    }

    /** Returns how many claims wait here. */
    int size() {
        return waiters.size();
    }

    /** Wakes the claims of one worker, since it has changed. */
    void wake(UUID workerId) {
        for (var waiter : waiters) {
            if (waiter.workerId.equals(workerId)) {
                waiter.signal.release();
            }
        }
    }

    private void wake() {
        if (!waiters.isEmpty()) {
            loop.wake();
        }
    }

    private Duration round() throws InterruptedException {
        var wanted = new HashSet<Task>();
        waiters.forEach(waiter -> wanted.addAll(waiter.tasks));
        if (wanted.isEmpty()) {
            return POLL;
        }
        var waiting = executions.waiting(wanted);
        for (var waiter : waiters) {
            if (waiter.tasks.stream().anyMatch(waiting::contains)) {
                waiter.signal.release();
            }
        }
        Thread.sleep(REST);
        return POLL;
    }
}
