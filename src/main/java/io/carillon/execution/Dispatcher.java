package io.carillon.execution;

import io.carillon.database.DatabaseClock;
import io.carillon.database.Notifications;
import io.carillon.database.StartOrder;
import io.carillon.database.Topic;
import io.carillon.handler.JobHandlers;
import io.carillon.queue.QueueTraffic;
import io.carillon.replica.Loop;
import io.carillon.replica.Loops;
import io.carillon.worker.Worker;
import io.carillon.worker.WorkerConfig;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Claims executions for this replica's worker and runs each on a virtual thread. A slot is held
 * from the claim to the end of the handler, so that one batch is claimed while the outcomes of the
 * one before are stored; {@link #held} counts the slots and only the dispatch loop takes them. An
 * execution takes as many as its weight. Outcomes that are not stored yet are bounded by {@link
 * #MOST_OUTCOMES}: beyond that nothing is claimed.
 */
@ApplicationScoped
public class Dispatcher {
    private static final int LARGEST_CLAIM = 500;
    private static final int MOST_OUTCOMES = 5_000;
    private static final Duration UNKNOWN_CLAIMS_EVERY = Duration.ofSeconds(5);

    /** Rest after that look, in proportion to its time: dead entries make it long. */
    private static final int UNKNOWN_CLAIMS_REST = 50;

    /** In case a notification of a cancellation was lost. */
    private static final Duration CANCELLATIONS_EVERY = Duration.ofMillis(500);

    /** How long an interrupted handler may take to end before its thread is left behind. */
    private static final Duration INTERRUPTION_GRACE = Duration.ofSeconds(5);

    private final Claims claims;
    private final ExecutionStore store;
    private final ExecutionControl control;
    private final LimitedQueues limitedQueues;
    private final JobPauser jobPauser;
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
     * Whether the last round left something for want of room, so that room is news. A round is told
     * of room that is made while it claims by {@link #roomMade}, which is raised before this is
     * read: one of the two always sees the other.
     */
    private volatile boolean isMoreWaiting;

    private final AtomicLong roomMade = new AtomicLong();

    private long cancellationsCheckedNanos = System.nanoTime();

    /** Of the dispatch loop alone: only it claims, so only it can tell what it does not know. */
    private long nextUnknownClaimsNanos = System.nanoTime() + UNKNOWN_CLAIMS_EVERY.toNanos();

    /** What a round did. */
    record Round(int claimed, Duration pause) {}

    Dispatcher(
            Claims claims,
            ExecutionStore store,
            ExecutionControl control,
            LimitedQueues limitedQueues,
            JobPauser jobPauser,
            JobHandlers handlers,
            Worker worker,
            WorkerConfig workerConfig,
            ExecutionConfig config,
            ExecutionMetrics metrics,
            DatabaseClock clock,
            Notifications notifications,
            QueueTraffic traffic,
            Loops loops) {
        this.claims = claims;
        this.store = store;
        this.control = control;
        this.limitedQueues = limitedQueues;
        this.jobPauser = jobPauser;
        this.handlers = handlers;
        this.worker = worker;
        this.workerConfig = workerConfig;
        this.config = config;
        this.metrics = metrics;
        this.clock = clock;
        this.notifications = notifications;
        this.traffic = traffic;
        this.batcher = new CompletionBatcher(store, running::size, this::stored);
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
        int free = Math.min(worker.capacity() - before, LARGEST_CLAIM);
        if (free <= 0 || batcher.pending() > MOST_OUTCOMES) {
            isMoreWaiting = true;
            return new Round(0, roomMade.get() == roomBefore ? CANCELLATIONS_EVERY : Duration.ZERO);
        }
        var open = claims.take(worker.id(), free, before == 0);
        begin(open.claims());
        int left = free - slots(open.claims());
        var limited =
                left <= 0
                        ? LimitedQueues.Claimed.NOTHING
                        : limitedQueues.claim(worker.id(), left, held.get() == 0);
        begin(limited.claims());
        isMoreWaiting = left <= 0 || open.isMoreWaiting() || limited.isMoreWaiting();
        int claimed = open.claims().size() + limited.claims().size();
        if (isMoreWaiting && roomMade.get() != roomBefore) {
            return new Round(claimed, Duration.ZERO);
        }
        return new Round(claimed, pauseAfter(claimed, limited));
    }

    /** None while there is room and more to be had; a rate may allow something before the poll. */
    private Duration pauseAfter(int claimed, LimitedQueues.Claimed limited) {
        if (claimed > 0 && isMoreWaiting && held.get() < worker.capacity()) {
            return limited.untilNext() == null ? Duration.ZERO : limited.untilNext();
        }
        var longest =
                config.poll().compareTo(CANCELLATIONS_EVERY) < 0
                        ? config.poll()
                        : CANCELLATIONS_EVERY;
        return limited.untilNext() != null && limited.untilNext().compareTo(longest) < 0
                ? limited.untilNext()
                : longest;
    }

    private static int slots(Collection<Claim> claims) {
        return claims.stream().mapToInt(Claim::weight).sum();
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
            // Perhaps its claim is just on its way.
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
     * What is completed leaves {@link #running} only after it is stored, so nothing known is given
     * back.
     */
    private void giveBackUnknownClaims() {
        long now = System.nanoTime();
        if (now - nextUnknownClaimsNanos < 0) {
            return;
        }
        int unknown = store.giveBackUnknown(worker.id(), Set.copyOf(running.keySet()));
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
            metrics.claimed(claim);
            held.addAndGet(claim.weight());
            var attempt = new Attempt(claim, handlers);
            running.put(claim.id(), attempt);
            attempts.execute(() -> run(attempt));
        }
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
            completion.ifPresentOrElse(batcher::add, () -> forget(claim));
        } finally {
            timeout.cancel(false);
            held.addAndGet(-claim.weight());
            wakeForRoom();
        }
    }

    private void stored(List<Completion> batch, Set<UUID> stored) {
        for (var completion : batch) {
            var claim = completion.claim();
            if (!stored.contains(claim.id())) {
                metrics.leaseLost();
                Log.warnf(
                        "outcome not stored, the lease was lost jobId=%s executionId=%s attempt=%d worker=%s",
                        claim.jobId(), claim.id(), claim.attempt(), worker.id());
            } else if (completion.pausesJob() && claim.jobId() instanceof UUID jobId) {
                attempts.execute(() -> pauseJob(jobId, claim.id()));
            }
            if (stored.contains(claim.id()) && completion.state().isFinal()) {
                traffic.ended(claim.queue());
            }
            forget(claim);
        }
        // Also the limit of a queue has room again, not before the outcome is stored.
        wakeForRoom();
    }

    private void pauseJob(UUID jobId, UUID executionId) {
        try {
            jobPauser.pause(
                    jobId,
                    "paused by Carillon: the target of execution "
                            + executionId
                            + " answered that it should not be called any more");
        } catch (RuntimeException failure) {
            Log.warnf(
                    "job not paused, its next execution will try again jobId=%s: %s",
                    jobId, failure.getMessage());
        }
    }

    /**
     * By now this replica may have claimed the same execution again: that attempt is not this one.
     */
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
