package io.carillon.cluster;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What executions call: the path says what it answers. It counts the calls of each execution, which
 * names itself in {@code Idempotency-Key}.
 */
final class SoakTarget implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<UUID, Integer> calls = new ConcurrentHashMap<>();
    private final CountDownLatch released = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    SoakTarget() throws IOException {
        server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1000);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    String url(String path) {
        return "http://localhost:" + server.getAddress().getPort() + "/" + path;
    }

    int calls(UUID executionId) {
        return calls.getOrDefault(executionId, 0);
    }

    /** The executions that have called. */
    Set<UUID> called() {
        return Set.copyOf(calls.keySet());
    }

    /** Answers the calls of {@code /held}, those that wait and those to come. */
    void release() {
        released.countDown();
    }

    private void answer(HttpExchange exchange) throws IOException {
        var id = UUID.fromString(exchange.getRequestHeaders().getFirst("Idempotency-Key"));
        int call = calls.merge(id, 1, Integer::sum);
        int status =
                switch (exchange.getRequestURI().getPath()) {
                    case "/ok" -> 200;
                    case "/fails-once" -> call == 1 ? 500 : 200;
                    case "/fails" -> 500;
                    case "/held" -> {
                        await(released);
                        yield 200;
                    }
                    case "/hangs" -> {
                        await(closed);
                        yield 200;
                    }
                    default -> 404;
                };
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        released.countDown();
        closed.countDown();
        server.stop(0);
        threads.close();
    }
}
