package io.carillon.chaos;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What jobs call. The path begins with how it answers: {@code /ok/}, {@code /slow/} after a second
 * and a half, {@code /flaky/} 503 at the first attempt, {@code /refuse/} 400.
 */
final class Target implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final Duration SLOW = Duration.ofMillis(1500);
    private static final int NO_ANSWER = 0;

    /** How it is with the target as a whole. */
    enum Mode {
        WELL,
        STALLS,
        FAILS,
        DROPS
    }

    private final HttpServer server;
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private volatile Mode mode = Mode.WELL;

    Target() {
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        } catch (IOException failure) {
            throw new ChaosFailure("The target did not start", failure);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    void become(Mode newMode) {
        mode = newMode;
    }

    /** In the order in which they came. */
    List<Call> calls() {
        return List.copyOf(calls);
    }

    private void answer(HttpExchange exchange) throws IOException {
        var at = Instant.now();
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            int status = statusOf(exchange);
            var headers = exchange.getRequestHeaders();
            // Noted before it is sent: whatever the caller knows of is noted.
            calls.add(
                    new Call(
                            UUID.fromString(headers.getFirst("Idempotency-Key")),
                            Integer.parseInt(headers.getFirst("Carillon-Attempt")),
                            Long.parseLong(headers.getFirst("Carillon-Epoch")),
                            at,
                            status));
            if (status != NO_ANSWER) {
                exchange.sendResponseHeaders(status, -1);
            }
        }
    }

    private int statusOf(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath();
        Await.pause(
                path.startsWith("/slow/")
                        ? SLOW
                        : Duration.ofMillis(ThreadLocalRandom.current().nextInt(5, 60)));
        while (mode == Mode.STALLS) {
            Await.pause(LOOK);
        }
        if (mode == Mode.DROPS) {
            return NO_ANSWER;
        }
        boolean isFirst = "1".equals(exchange.getRequestHeaders().getFirst("Carillon-Attempt"));
        if (mode == Mode.FAILS || (path.startsWith("/flaky/") && isFirst)) {
            return 503;
        }
        return path.startsWith("/refuse/") ? 400 : 200;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
