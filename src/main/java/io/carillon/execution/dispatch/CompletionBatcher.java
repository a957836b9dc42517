package io.carillon.execution.dispatch;

import io.carillon.database.DatabaseClock;
import io.carillon.database.SqlFailures;
import io.carillon.execution.ledger.Completion;
import io.carillon.execution.ledger.ExecutionStore;
import io.carillon.replica.Loop;
import io.carillon.replica.Loops;
import io.carillon.tenancy.NamespaceQuotas;
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
 * Stores outcomes in batches: those that came while the last batch was written, and those that come
 * within {@link #GATHER} after the first, unless no other can come.
 *
 * <p>If the database cannot store a batch now, the batch is tried again for as long as the service
 * runs; if the lease is lost meanwhile, the rows are no longer this worker's and the write changes
 * nothing. If PostgreSQL refuses a batch because of one outcome, the batch is halved until that one
 * is alone: its execution fails with the code {@code OUTCOME_REFUSED}. If even that is refused, it
 * is set aside and tried again after {@link #SET_ASIDE}. It no longer runs, and nothing waits for
 * it.
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
    private final NamespaceQuotas quotas;
    private final IntSupplier outstanding;
    private final BiConsumer<List<Completion>, Set<UUID>> whenStored;
    private final BlockingQueue<Completion> queue = new LinkedBlockingQueue<>();
    private final Loops loops;
    private final Loop loop;

    /** The parts of the current batch that are not stored yet; used only by the loop's thread. */
    private final Deque<List<Completion>> parts = new ArrayDeque<>();

    private final List<Completion> setAside = new ArrayList<>();
    private long setAsideNanos;

    private volatile boolean stopping;
    private volatile boolean isDrained;

    /**
     * @param name of its loop
     * @param outstanding how many attempts have no stored outcome
     * @param whenStored called for each part with the executions that were stored; the others'
     *     leases were lost
     */
    public CompletionBatcher(
            String name,
            ExecutionStore store,
            DatabaseClock clock,
            ExecutionMetrics metrics,
            NamespaceQuotas quotas,
            Loops loops,
            IntSupplier outstanding,
            BiConsumer<List<Completion>, Set<UUID>> whenStored) {
        this.store = store;
        this.clock = clock;
        this.metrics = metrics;
        this.quotas = quotas;
        this.outstanding = outstanding;
        this.whenStored = whenStored;
        this.loops = loops;
        this.loop = loops.vital(name, this::round);
    }

    /** Starts storing outcomes that are added. */
    public void start() {
        loops.start(loop);
    }

    /** Queues an outcome to be stored soon; {@code whenStored} is called. */
    public void add(Completion completion) {
        var limit = quotas.resultBytes(completion.claim().namespace());
        queue.add(
                limit == null
                        ? completion
                        : completion.withResult(ResultLimit.cap(completion.result(), limit)));
    }

    /** Returns how many outcomes wait to be stored. */
    int pending() {
        return queue.size();
    }

    /**
     * Stores the remaining outcomes and ends. If the database is away, this worker's executions are
     * rescued later.
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

    /** Gathers and stores one batch, or the rest of the one before. */
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

    /** Keeps the part in {@link #parts} until it is stored, whatever is thrown meanwhile. */
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
