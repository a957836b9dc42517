package io.carillon.outgoing.limit;

import io.quarkus.logging.Log;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs the statements of this room one after the other, on a thread of its own: an attempt may be
 * interrupted at any time, and that would close the connection on which it waits for PostgreSQL.
 * There is no thread until the first statement, and nothing is run after the end.
 */
@ApplicationScoped
class HostThread {
    private final ExecutorService thread =
            new ThreadPoolExecutor(
                    1,
                    1,
                    0,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(),
                    Thread.ofPlatform().daemon().name("carillon-hosts").factory(),
                    new ThreadPoolExecutor.DiscardPolicy());

    @PreDestroy
    void close() {
        thread.shutdown();
    }

    /** Runs something whose result somebody waits for. */
    <T> CompletableFuture<T> ask(Callable<T> question) {
        var answer = new CompletableFuture<T>();
        thread.execute(
                () -> {
                    try {
                        answer.complete(question.call());
                    } catch (Throwable failure) {
                        answer.completeExceptionally(failure);
                    }
                });
        return answer;
    }

    /** Runs something for which nobody waits; a failure is logged. */
    void tell(Runnable change) {
        thread.execute(
                () -> {
                    try {
                        change.run();
                    } catch (RuntimeException failure) {
                        Log.warnf("limits of hosts not updated: %s", failure.getMessage());
                    }
                });
    }
}
