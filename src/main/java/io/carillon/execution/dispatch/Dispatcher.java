package io.carillon.execution.dispatch;

import io.carillon.database.DatabaseClock;
import io.carillon.database.Notifications;
import io.carillon.database.Topic;
import io.carillon.execution.ExecutionConfig;
import io.carillon.execution.ledger.Claim;
import io.carillon.execution.ledger.Claimant;
import io.carillon.execution.ledger.Completion;
import io.carillon.execution.ledger.ExecutionControl;
import io.carillon.execution.ledger.ExecutionStore;
import io.carillon.handler.JobHandlers;
import io.carillon.replica.Loop;
import io.carillon.replica.Loops;
import io.carillon.replica.StartOrder;
import io.carillon.tenancy.NamespaceQuotas;
import io.carillon.worker.Worker;
import io.carillon.worker.WorkerConfig;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Claims executions for this replica's worker and runs each on a virtual thread. A slot is held
 * from the claim to the end of the handler, so one batch can be claimed while the outcomes of the
 * one before are stored; {@link #held} counts the slots and only the dispatch loop takes them. An
 * execution takes as many as its weight. {@link #MAX_OUTCOMES} bounds the outcomes that are not
 * stored yet: beyond it nothing is claimed.
 */
@ApplicationScoped
public class Dispatcher {
    private static final int MAX_CLAIM = 500;
    private static final int MAX_OUTCOMES = 5_000;
    private static final Duration UNKNOWN_CLAIMS_EVERY = Duration.ofSeconds(5);

    /** The pause after that look, as a multiple of its duration: dead entries make it long. */
    private static final int UNKNOWN_CLAIMS_REST = 50;

    /** In case a notification of a cancellation was lost. */
    private static final Duration CANCELLATIONS_EVERY = Duration.ofMillis(500);

    /** How long an interrupted handler may take to end before its thread is left behind. */
    private static final Duration INTERRUPTION_GRACE = Duration.ofSeconds(5);

    private static final Duration MEMORY_PAUSE = Duration.ofMillis(100);

    private final ExecutionStore store;
    private final ExecutionControl control;
    private final ClaimRounds claimRounds;
    private final JobHandlers handlers;
    private final Worker worker;
    private final WorkerConfig workerConfig;
    private final ExecutionConfig config;
    private final ExecutionMetrics metrics;
    private final StoredOutcomes outcomes;
    private final DatabaseClock clock;
    private final Notifications notifications;

    private final AtomicInteger held = new AtomicInteger();
    private final Map<UUID, Attempt> running = new ConcurrentHashMap<>();
    private final CompletionBatcher batcher;
    private final Loops loops;
    private final Loop loop;
    private final ScheduledThreadPoolExecutor timeouts =
            new ScheduledThreadPoolExecutor(
                    1, Thread.ofPlatform().name("carillon-timeouts").daemon().factory());
    private final java.util.concurrent.ExecutorService attempts =
            Executors.newThreadPerTaskExecutor(
                    Thread.ofVirtual().name("carillon-attempt-", 0).factory());
    private volatile boolean stopping;

    /**
     * Whether the last round left executions because it had no room, so that new room should wake
     * the loop. If room is made while a round claims, {@link #roomMade} tells it; that is set
     * before this is read, so one of the two always sees the other.
     */
    private volatile boolean isMoreWaiting;

    private final AtomicLong roomMade = new AtomicLong();

    private long cancellationsCheckedNanos = System.nanoTime();

    /**
     * Used only by the dispatch loop: only it claims, so only it can tell which claims it does not
     * know.
     */
    private long nextUnknownClaimsNanos = System.nanoTime() + UNKNOWN_CLAIMS_EVERY.toNanos();

    /** The result of a round. */
    public record Round(int claimed, Duration pause) {}

    Dispatcher(
            ExecutionStore store,
            ExecutionControl control,
            ClaimRounds claimRounds,
            JobHandlers handlers,
            Worker worker,
            WorkerConfig workerConfig,
            ExecutionConfig config,
            ExecutionMetrics metrics,
            StoredOutcomes outcomes,
            DatabaseClock clock,
            Notifications notifications,
            NamespaceQuotas quotas,
            Loops loops) {
        this.store = store;
        this.control = control;
        this.claimRounds = claimRounds;
        this.handlers = handlers;
        this.worker = worker;
        this.workerConfig = workerConfig;
        this.config = config;
        this.metrics = metrics;
        this.clock = clock;
        this.notifications = notifications;
        this.outcomes = outcomes;
        this.batcher =
                new CompletionBatcher(
                        "completions",
                        store,
                        clock,
                        metrics,
                        quotas,
                        loops,
                        running::size,
                        this::stored);
        this.loops = loops;
        this.loop = loops.vital("dispatcher", this::round);
        timeouts.setRemoveOnCancelPolicy(true);
    }

    void start(@Observes @Priority(StartOrder.DISPATCH) StartupEvent event) {
        if (!workerConfig.enabled()) {
            return;
        }
        metrics.running(held::get, worker::capacity);
        worker.onCapacity(loop::wake);
        worker.onLost(
                () -> running.values().forEach(a -> a.interrupt(Attempt.Interruption.LEASE_LOST)));
        notifications.on(Topic.WORK, argument -> loop.wake());
        notifications.on(Topic.CANCEL, this::cancel);
        batcher.start();
        loops.start(loop);
    }

    /**
     * Claims no more, waits for what runs as long as the grace period allows, and gives the rest
     * back without counting the attempt.
     */
    void stop(@Observes @Priority(StartOrder.DISPATCH) ShutdownEvent event) {
        if (!workerConfig.enabled()) {
            return;
        }
        stopping = true;
        loop.stop();
        try {
            worker.stopping();
            if (!awaitNoneHeld(workerConfig.grace())) {
                Log.infof("giving back what still runs count=%d", running.size());
                running.values().forEach(a -> a.interrupt(Attempt.Interruption.STOPPING));
                awaitNoneHeld(INTERRUPTION_GRACE);
            }
            batcher.stop();
            worker.stopped();
        } catch (RuntimeException failure) {
            Log.warnf(
                    "stopped without the database, others will rescue what ran: %s",
                    failure.getMessage());
        }
        timeouts.shutdownNow();
    }

    private Duration round() {
        return runOnce().pause;
    }

    Round runOnce() {
        if (stopping || !worker.isLeased()) {
            return new Round(0, config.poll());
        }
        endWhatIsCancelled();
        giveBackUnknownClaims();
        isMoreWaiting = false;
        long roomBefore = roomMade.get();
        int before = held.get();
        int free = Math.min(worker.capacity() - before, MAX_CLAIM);
        if (free <= 0 || batcher.pending() > MAX_OUTCOMES) {
            isMoreWaiting = true;
            return new Round(0, roomMade.get() == roomBefore ? CANCELLATIONS_EVERY : Duration.ZERO);
        }
        var pool = Claimant.Pool.of(worker.id(), running.values().stream().map(Attempt::claim));
        var claimed = claimRounds.claim(pool, free, before == 0, this::begin);
        isMoreWaiting = claimed.isMoreWaiting();
        int count = claimed.claims().size();
        if (isMoreWaiting && roomMade.get() != roomBefore) {
            return new Round(count, Duration.ZERO);
        }
        return new Round(count, pauseAfter(count, claimed));
    }

    /**
     * Returns no pause while there is room and more to claim. A rate may allow a start before the
     * next poll, but never makes a round wait longer.
     */
    private Duration pauseAfter(int count, LimitedQueues.Claimed claimed) {
        var longest = shorter(config.poll(), CANCELLATIONS_EVERY);
        if (count > 0 && isMoreWaiting && held.get() < worker.capacity()) {
            return claimed.untilNext() == null
                    ? Duration.ZERO
                    : shorter(claimed.untilNext(), longest);
        }
        return claimed.untilNext() == null ? longest : shorter(claimed.untilNext(), longest);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private void cancel(String id) {
        if (id.isEmpty()) {
            // Messages may have been missed.
            cancellationsCheckedNanos = System.nanoTime() - CANCELLATIONS_EVERY.toNanos();
            loop.wake();
            return;
        }
        var attempt = running.get(UUID.fromString(id));
        if (attempt != null) {
            attempt.interrupt(Attempt.Interruption.CANCELLED);
        } else {
            // Its claim may be just on its way.
            loop.wake();
        }
    }

    private void endWhatIsCancelled() {
        long now = System.nanoTime();
        if (running.isEmpty() || now - cancellationsCheckedNanos < CANCELLATIONS_EVERY.toNanos()) {
            return;
        }
        cancellationsCheckedNanos = now;
        for (var id : control.cancelRequested(worker.id())) {
            var attempt = running.get(id);
            if (attempt != null) {
                attempt.interrupt(Attempt.Interruption.CANCELLED);
            }
        }
    }

    /**
     * Gives back claims that this worker does not know of. A completed execution leaves {@link
     * #running} only after it is stored, so no known one is given back.
     */
    private void giveBackUnknownClaims() {
        long now = System.nanoTime();
        if (now - nextUnknownClaimsNanos < 0) {
            return;
        }
        int unknown = store.giveBackUnknown(worker.id(), Set.copyOf(running.keySet())).rows();
        if (unknown > 0) {
            Log.warnf(
                    "gave back claims whose answer was lost count=%d worker=%s",
                    unknown, worker.id());
        }
        long ended = System.nanoTime();
        nextUnknownClaimsNanos =
                ended
                        + Math.max(
                                UNKNOWN_CLAIMS_EVERY.toNanos(),
                                (ended - now) * UNKNOWN_CLAIMS_REST);
    }

    private void begin(List<Claim> claims) {
        for (var claim : claims) {
            var attempt = new Attempt(claim, handlers, outcomes.traceparent(claim));
            held.addAndGet(claim.weight());
            try {
                running.put(claim.id(), attempt);
                attempts.execute(() -> run(attempt));
            } catch (Throwable unstarted) {
                // It never ran, so it is unknown to this worker and will be given back.
                forget(claim);
                held.addAndGet(-claim.weight());
                throw unstarted;
            }
            metrics.claimed(claim);
        }
    }

    private void run(Attempt attempt) {
        var claim = attempt.claim();
        long startedNanos = System.nanoTime();
        try {
            var completion = runUntilTimeout(attempt);
            var duration = Duration.ofNanos(System.nanoTime() - startedNanos);
            if (completion.isPresent()) {
                store(completion.get());
                outcomes.ended(completion.get(), duration);
            } else {
                forget(claim);
                outcomes.abandoned(claim, duration);
            }
        } finally {
            held.addAndGet(-claim.weight());
            wakeForRoom();
        }
    }

    private Optional<Completion> runUntilTimeout(Attempt attempt) {
        Future<?> timeout;
        try {
            timeout =
                    timeouts.schedule(
                            () -> attempt.interrupt(Attempt.Interruption.TIMEOUT),
                            attempt.claim().timeout().toMillis(),
                            TimeUnit.MILLISECONDS);
        } catch (Throwable unstarted) {
            forget(attempt.claim());
            throw unstarted;
        }
        try {
            return attempt.run(clock::now);
        } finally {
            timeout.cancel(false);
        }
    }

    /**
     * Stores an outcome. An attempt that was made has an outcome, even if there is no memory for it
     * at the moment.
     */
    private void store(Completion completion) {
        while (true) {
            try {
                batcher.add(completion);
                return;
            } catch (OutOfMemoryError none) {
                LockSupport.parkNanos(MEMORY_PAUSE.toNanos());
            }
        }
    }

    private void stored(List<Completion> batch, Set<UUID> stored) {
        batch.forEach(completion -> forget(completion.claim()));
        // The limit of a queue has room again too, but only once the outcome is stored.
        wakeForRoom();
        for (var completion : batch) {
            if (stored.contains(completion.claim().id())) {
                outcomes.stored(completion);
            } else {
                outcomes.leaseLost(completion.claim(), worker.id());
            }
        }
    }

    /** By now this replica may have claimed the same execution again, as a different attempt. */
    private void forget(Claim claim) {
        running.computeIfPresent(
                claim.id(),
                (id, attempt) -> attempt.claim().epoch() == claim.epoch() ? null : attempt);
    }

    private void wakeForRoom() {
        roomMade.incrementAndGet();
        if (isMoreWaiting) {
            loop.wake();
        }
    }

    private boolean awaitNoneHeld(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (held.get() > 0 && System.nanoTime() < deadline) {
            try {
                Thread.sleep(10);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return held.get() == 0;
    }
}
