package io.carillon.execution.dispatch;

import io.carillon.database.DatabaseClock;
import io.carillon.database.SqlFailures;
import io.carillon.execution.ledger.Completion;
import io.carillon.execution.ledger.ExecutionStore;
import io.carillon.replica.Loop;
import io.carillon.replica.Loops;
import io.quarkus.logging.Log;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.IntSupplier;

/**
 * Stores outcomes in batches: what has come while the last batch was written, and what comes in the
 * {@link #GATHER} after the first, unless no other can come.
 *
 * <p>A batch that the database does not take now is tried again for as long as the service runs; if
 * the lease is lost meanwhile, its rows are no longer this worker's and the write changes nothing.
 * A batch that PostgreSQL refuses for the sake of an outcome in it is halved until that one is
 * alone: its execution fails with the code {@code OUTCOME_REFUSED}. If even that is refused, it is
 * set aside and tried again after {@link #SET_ASIDE}; it runs no more, and nothing waits for it.
 */
public final class CompletionBatcher {
    private static final int MAX_BATCH = 500;
    private static final Duration GATHER = Duration.ofMillis(2);
    private static final Duration WAIT = Duration.ofMillis(100);
    private static final Duration SET_ASIDE = Duration.ofSeconds(10);
    private static final Duration END_PATIENCE = Duration.ofSeconds(10);

    private final ExecutionStore store;
    private final DatabaseClock clock;
    private final ExecutionMetrics metrics;
    private final IntSupplier outstanding;
    private final BiConsumer<List<Completion>, Set<UUID>> whenStored;
    private final BlockingQueue<Completion> queue = new LinkedBlockingQueue<>();
    private final Loops loops;
    private final Loop loop;

    /**
     * The part of the batch in hand that is not stored yet, in parts; of the loop's thread alone.
     */
    private final Deque<List<Completion>> parts = new ArrayDeque<>();

    private final List<Completion> setAside = new ArrayList<>();
    private long setAsideNanos;

    private volatile boolean stopping;
    private volatile boolean isDrained;

    /**
     * @param name of its loop
     * @param outstanding how many attempts have no stored outcome
     * @param whenStored told of each part and which executions of it were stored (the others'
     *     leases were lost)
     */
    public CompletionBatcher(
            String name,
            ExecutionStore store,
            DatabaseClock clock,
            ExecutionMetrics metrics,
            Loops loops,
            IntSupplier outstanding,
            BiConsumer<List<Completion>, Set<UUID>> whenStored) {
        this.store = store;
        this.clock = clock;
        this.metrics = metrics;
        this.outstanding = outstanding;
        this.whenStored = whenStored;
        this.loops = loops;
        this.loop = loops.vital(name, this::round);
    }

    /** Begins to store what is added. */
    public void start() {
        loops.start(loop);
    }

    /** Has an outcome stored soon; {@code whenStored} is told. */
    public void add(Completion completion) {
        queue.add(completion);
    }

    /** How many outcomes wait to be stored. */
    int pending() {
        return queue.size();
    }

    /**
     * Stores what is left and ends. If the database is away, the rescue of this worker's executions
     * takes over.
     */
    public void stop() {
        stopping = true;
        long deadline = System.nanoTime() + END_PATIENCE.toNanos();
        try {
            while (!isDrained && System.nanoTime() < deadline) {
                Thread.sleep(10);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        loop.stop();
    }

    /** Gathers and stores one batch, or what is left of the one before. */
    public Duration round() throws InterruptedException {
        if (parts.isEmpty()) {
            var batch = gather();
            if (batch.isEmpty()) {
                isDrained = stopping;
                return Duration.ZERO;
            }
            parts.push(batch);
        }
        try {
            while (!parts.isEmpty()) {
                storeFirst();
            }
        } catch (RuntimeException | Error failure) {
            isDrained = stopping;
            throw failure;
        }
        return Duration.ZERO;
    }

    private List<Completion> gather() throws InterruptedException {
        var batch = new ArrayList<Completion>(MAX_BATCH);
        if (!setAside.isEmpty() && System.nanoTime() - setAsideNanos > SET_ASIDE.toNanos()) {
            batch.addAll(setAside);
            setAside.clear();
            return batch;
        }
        var first = queue.poll(WAIT.toMillis(), TimeUnit.MILLISECONDS);
        if (first == null) {
            return batch;
        }
        batch.add(first);
        long deadline = System.nanoTime() + GATHER.toNanos();
        while (batch.size() < MAX_BATCH) {
            if (queue.drainTo(batch, MAX_BATCH - batch.size()) > 0) {
                continue;
            }
            long left = batch.size() < outstanding.getAsInt() ? deadline - System.nanoTime() : 0;
            var next = left > 0 ? queue.poll(left, TimeUnit.NANOSECONDS) : null;
            if (next == null) {
                return batch;
            }
            batch.add(next);
        }
        return batch;
    }

    /** The part stays in {@link #parts} until it is stored, whatever is thrown meanwhile. */
    private void storeFirst() {
        var part = parts.getFirst();
        Set<UUID> stored;
        try {
            stored = store.complete(part);
        } catch (RuntimeException | Error failure) {
            if (!SqlFailures.isOfRow(failure)) {
                throw failure;
            }
            if (part.size() == 1) {
                failRefused(part.getFirst(), SqlFailures.message(failure));
            } else {
                int half = part.size() / 2;
                var second = List.copyOf(part.subList(half, part.size()));
                var first = List.copyOf(part.subList(0, half));
                parts.removeFirst();
                parts.addFirst(second);
                parts.addFirst(first);
            }
            return;
        }
        parts.removeFirst();
        whenStored.accept(part, stored);
    }

    private void failRefused(Completion refused, String why) {
        var claim = refused.claim();
        var failed = Completion.refused(claim, why, clock.now());
        boolean isStored;
        try {
            isStored = store.failRefused(failed);
        } catch (RuntimeException | Error failure) {
            if (!SqlFailures.isOfRow(failure)) {
                throw failure;
            }
            parts.removeFirst();
            setAside.add(refused);
            setAsideNanos = System.nanoTime();
            Log.errorf(
                    "outcome set aside, PostgreSQL refuses every change jobId=%s executionId=%s attempt=%d: %s",
                    claim.jobId(), claim.id(), claim.attempt(), SqlFailures.message(failure));
            return;
        }
        parts.removeFirst();
        metrics.outcomeRefused();
        whenStored.accept(List.of(failed), isStored ? Set.of(claim.id()) : Set.of());
    }
}
