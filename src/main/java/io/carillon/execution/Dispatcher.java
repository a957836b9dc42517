package io.carillon.execution;

import io.carillon.database.DatabaseClock;
import io.carillon.database.Notifications;
import io.carillon.database.StartOrder;
import io.carillon.database.Topic;
import io.carillon.handler.JobHandlers;
import io.carillon.queue.QueueTraffic;
import io.carillon.worker.Worker;
import io.carillon.worker.WorkerConfig;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Claims executions for this replica's worker and runs each on a virtual thread. A slot is held
 * from the claim until the outcome is stored, so that capacity bounds the handlers as well as the
 * outcomes in memory; {@link #held} counts the slots and only the dispatch loop takes them.
 */
@ApplicationScoped
public class Dispatcher {
    private static final int LARGEST_CLAIM = 500;
    private static final Duration UNKNOWN_CLAIMS_EVERY = Duration.ofSeconds(5);

    /** How long an interrupted handler may take to end before its thread is left behind. */
    private static final Duration INTERRUPTION_GRACE = Duration.ofSeconds(5);

    private final ExecutionStore store;
    private final JobHandlers handlers;
    private final Worker worker;
    private final WorkerConfig workerConfig;
    private final ExecutionConfig config;
    private final ExecutionMetrics metrics;
    private final DatabaseClock clock;
    private final Notifications notifications;
    private final QueueTraffic traffic;

    private final AtomicInteger held = new AtomicInteger();
    private final Map<UUID, Attempt> running = new ConcurrentHashMap<>();
    private final CompletionBatcher batcher;
    private final Loop loop;
    private final ScheduledThreadPoolExecutor timeouts =
            new ScheduledThreadPoolExecutor(
                    1, Thread.ofPlatform().name("carillon-timeouts").daemon().factory());
    private final java.util.concurrent.ExecutorService attempts =
            Executors.newThreadPerTaskExecutor(
                    Thread.ofVirtual().name("carillon-attempt-", 0).factory());
    private volatile boolean stopping;

    /** Of the dispatch loop alone: only it claims, so only it can tell what it does not know. */
    private long unknownClaimsCheckedNanos = System.nanoTime();

    /** What a round did. */
    record Round(int claimed, boolean moreMayWait) {}

    Dispatcher(
            ExecutionStore store,
            JobHandlers handlers,
            Worker worker,
            WorkerConfig workerConfig,
            ExecutionConfig config,
            ExecutionMetrics metrics,
            DatabaseClock clock,
            Notifications notifications,
            QueueTraffic traffic) {
        this.store = store;
        this.handlers = handlers;
        this.worker = worker;
        this.workerConfig = workerConfig;
        this.config = config;
        this.metrics = metrics;
        this.clock = clock;
        this.notifications = notifications;
        this.traffic = traffic;
        this.batcher = new CompletionBatcher(store, this::stored);
        this.loop = new Loop("dispatcher", this::round);
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
        batcher.start();
        loop.start();
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

    /** Whether the dispatch loop goes round; always true on a replica that runs nothing. */
    public boolean isAlive() {
        return !workerConfig.enabled()
                || stopping
                || loop.sinceLastRound().compareTo(config.poll().plusSeconds(15)) < 0;
    }

    private Duration round() {
        return runOnce().moreMayWait ? Duration.ZERO : config.poll();
    }

    Round runOnce() {
        int limit = Math.min(worker.capacity() - held.get(), LARGEST_CLAIM);
        if (stopping || limit <= 0 || !worker.isLeased()) {
            return new Round(0, false);
        }
        giveBackUnknownClaims();
        var claims = store.claim(worker.id(), limit);
        for (var claim : claims) {
            metrics.claimed(claim);
            held.incrementAndGet();
            begin(claim);
        }
        return new Round(claims.size(), claims.size() == limit);
    }

    /**
     * What is completed leaves {@link #running} only after it is stored, so nothing known is given
     * back.
     */
    private void giveBackUnknownClaims() {
        long now = System.nanoTime();
        if (now - unknownClaimsCheckedNanos < UNKNOWN_CLAIMS_EVERY.toNanos()) {
            return;
        }
        int unknown = store.giveBackUnknown(worker.id(), Set.copyOf(running.keySet()));
        if (unknown > 0) {
            Log.warnf(
                    "gave back claims whose answer was lost count=%d worker=%s",
                    unknown, worker.id());
        }
        unknownClaimsCheckedNanos = now;
    }

    private void begin(Claim claim) {
        var attempt = new Attempt(claim, handlers);
        running.put(claim.id(), attempt);
        attempts.execute(() -> run(attempt));
    }

    private void run(Attempt attempt) {
        var claim = attempt.claim();
        long startedNanos = System.nanoTime();
        var timeout =
                timeouts.schedule(
                        () -> attempt.interrupt(Attempt.Interruption.TIMEOUT),
                        claim.timeout().toMillis(),
                        TimeUnit.MILLISECONDS);
        try {
            var completion = attempt.run(clock::now);
            completion.ifPresent(
                    ended ->
                            metrics.ended(
                                    ended, Duration.ofNanos(System.nanoTime() - startedNanos)));
            completion.ifPresentOrElse(batcher::add, () -> release(claim));
        } finally {
            timeout.cancel(false);
        }
    }

    private void stored(Completion completion, boolean stored) {
        if (!stored) {
            metrics.leaseLost();
            Log.warnf(
                    "outcome not stored, the lease was lost jobId=%s executionId=%s attempt=%d worker=%s",
                    completion.claim().jobId(),
                    completion.claim().id(),
                    completion.claim().attempt(),
                    worker.id());
        }
        if (stored && completion.state().isFinal()) {
            traffic.ended(completion.claim().queue());
        }
        release(completion.claim());
    }

    private void release(Claim claim) {
        // By now this replica may have claimed the same execution again: that attempt is not this
        // one.
        running.computeIfPresent(
                claim.id(),
                (id, attempt) -> attempt.claim().epoch() == claim.epoch() ? null : attempt);
        if (held.getAndDecrement() == worker.capacity()) {
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
