package io.carillon.execution;

import io.quarkus.logging.Log;
import java.time.Duration;
import java.util.ArrayList;
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
 * {@link #GATHER} after the first, unless no other can come. A batch that the database did not take
 * is tried again for as long as the service runs; if the lease is lost meanwhile, its rows are no
 * longer this worker's and the write changes nothing.
 */
final class CompletionBatcher {
    private static final int LARGEST_BATCH = 500;
    private static final Duration GATHER = Duration.ofMillis(2);
    private static final Duration RETRY_PAUSE = Duration.ofMillis(250);

    private final ExecutionStore store;
    private final IntSupplier outstanding;
    private final BiConsumer<List<Completion>, Set<UUID>> whenStored;
    private final BlockingQueue<Completion> queue = new LinkedBlockingQueue<>();
    private final Thread thread =
            Thread.ofPlatform().name("carillon-completions").daemon().unstarted(this::run);
    private volatile boolean stopping;

    /**
     * @param outstanding how many attempts have no stored outcome
     * @param whenStored told of each batch and which executions of it were stored (the others'
     *     leases were lost)
     */
    CompletionBatcher(
            ExecutionStore store,
            IntSupplier outstanding,
            BiConsumer<List<Completion>, Set<UUID>> whenStored) {
        this.store = store;
        this.outstanding = outstanding;
        this.whenStored = whenStored;
    }

    void start() {
        thread.start();
    }

    void add(Completion completion) {
        queue.add(completion);
    }

    /** How many outcomes wait to be stored. */
    int pending() {
        return queue.size();
    }

    /** Stores what is left and ends. */
    void stop() {
        stopping = true;
        try {
            thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        var batch = new ArrayList<Completion>(LARGEST_BATCH);
        while (!(stopping && queue.isEmpty())) {
            try {
                gather(batch);
                if (!batch.isEmpty()) {
                    store(batch);
                    batch.clear();
                }
            } catch (InterruptedException interrupted) {
                stopping = true;
            }
        }
    }

    private void gather(List<Completion> batch) throws InterruptedException {
        var first = queue.poll(100, TimeUnit.MILLISECONDS);
        if (first == null) {
            return;
        }
        batch.add(first);
        long deadline = System.nanoTime() + GATHER.toNanos();
        while (batch.size() < LARGEST_BATCH) {
            if (queue.drainTo(batch, LARGEST_BATCH - batch.size()) > 0) {
                continue;
            }
            long left = batch.size() < outstanding.getAsInt() ? deadline - System.nanoTime() : 0;
            var next = left > 0 ? queue.poll(left, TimeUnit.NANOSECONDS) : null;
            if (next == null) {
                return;
            }
            batch.add(next);
        }
    }

    private void store(List<Completion> batch) throws InterruptedException {
        while (true) {
            try {
                whenStored.accept(batch, store.complete(batch));
                return;
            } catch (RuntimeException failure) {
                Log.warnf(
                        "outcomes not stored, trying again count=%d: %s",
                        batch.size(), failure.getMessage());
                if (stopping) {
                    // The rescue of this worker's executions takes over.
                    return;
                }
                Thread.sleep(RETRY_PAUSE);
            }
        }
    }
}
