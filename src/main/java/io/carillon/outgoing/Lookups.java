package io.carillon.outgoing;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Makes DNS lookups on its own platform threads. The JDK's lookup blocks its thread; a virtual
 * thread would block its carrier too, and in the end no attempt of this replica could go on.
 */
final class Lookups implements AutoCloseable {
    private static final int AT_ONCE = 32;

    private final Lookup lookup;
    private final ThreadPoolExecutor threads;

    Lookups(Lookup lookup) {
        this.lookup = lookup;
        this.threads =
                new ThreadPoolExecutor(
                        AT_ONCE,
                        AT_ONCE,
                        10,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        Thread.ofPlatform().daemon().name("outgoing-lookup-", 0).factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * @throws TimeoutException if there is no answer within the limit
     */
    List<InetAddress> addresses(String name, Duration limit)
            throws UnknownHostException, InterruptedException, TimeoutException {
        var answer =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return List.of(lookup.addresses(name));
                            } catch (UnknownHostException unknown) {
                                throw new CompletionException(unknown);
                            }
                        },
                        threads);
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof UnknownHostException unknown) {
                throw unknown;
            }
            throw new IllegalStateException(failure.getCause());
        } finally {
            // Cancels a lookup that has not started.
            answer.cancel(false);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
