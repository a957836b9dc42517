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
 * Makes lookups on threads of its own: the JDK's blocks the thread it is called on, and a virtual
 * one would take its carrier with it, until no attempt of this replica went on.
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
     * @throws TimeoutException when there is no answer within the limit
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
            // One that has not begun need not.
            answer.cancel(false);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
