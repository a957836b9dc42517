package io.carillon.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Submits batches by several threads, the same for every system. */
final class Feeder implements WorkCluster.Feed {
    static final int BATCH = 1_000;
    private static final int THREADS = 4;
    private static final Duration PAUSE = Duration.ofMillis(2);

    private final IntConsumer submitBatch;
    private final LongSupplier executed;
    private final long executedBefore;
    private final long limit;
    private final long backlog;
    private final AtomicLong submitted = new AtomicLong();
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopping;

    private Feeder(IntConsumer submitBatch, LongSupplier executed, long limit, long backlog) {
        this.submitBatch = submitBatch;
        this.executed = executed;
        this.executedBefore = executed.getAsLong();
        this.limit = limit;
        this.backlog = backlog;
    }

    /**
     * @param executed how many have been executed since the start of the system
     */
    static Feeder start(IntConsumer submitBatch, LongSupplier executed, long limit, long backlog) {
        var feeder = new Feeder(submitBatch, executed, limit, backlog);
        for (int index = 0; index < THREADS; index++) {
            feeder.threads.add(
                    Thread.ofPlatform().name("feeder-" + index).daemon().start(feeder::feed));
        }
        return feeder;
    }

    @Override
    public void awaitAll() {
        try {
            for (var thread : threads) {
                thread.join();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted");
        }
        var failed = failure.get();
        if (failed != null) {
            throw failed;
        }
    }

    @Override
    public long stop() {
        stopping = true;
        awaitAll();
        return submitted.get();
    }

    private void feed() {
        try {
            while (!stopping) {
                long from = submitted.getAndAdd(BATCH);
                if (from >= limit) {
                    submitted.getAndAdd(-BATCH);
                    return;
                }
                while (from + BATCH - (executed.getAsLong() - executedBefore) > backlog) {
                    if (stopping) {
                        submitted.getAndAdd(-BATCH);
                        return;
                    }
                    Await.pause(PAUSE);
                }
                submitBatch.accept(BATCH);
            }
        } catch (RuntimeException failed) {
            failure.compareAndSet(null, failed);
            stopping = true;
        }
    }
}
