package io.carillon.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A server on the loopback for jobs of type http to call. It records every call and gives its
 * answers in order; the last it gives for ever.
 */
public final class HttpTarget implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Queue<Answer> ahead = new ConcurrentLinkedQueue<>();
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private volatile Answer last = new Answer(200, new byte[0], Map.of());

    /** What came; header names in lower case, with their first value. */
    public record Call(String method, String path, Map<String, String> headers, String body) {}

    private record Answer(int status, byte[] body, Map<String, String> headers) {}

    private HttpTarget() {
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** A target that answers 200 without a body until it is told otherwise. */
    public static HttpTarget start() {
        return new HttpTarget();
    }

    public HttpTarget answers(int status) {
        return answers(status, "");
    }

    public HttpTarget answers(int status, String body) {
        return answers(status, body.getBytes(StandardCharsets.UTF_8));
    }

    public HttpTarget answers(int status, byte[] body) {
        return answers(status, body, Map.of());
    }

    /** Adds an answer; the one added last is repeated. */
    public HttpTarget answers(int status, byte[] body, Map<String, String> headers) {
        ahead.add(new Answer(status, body, headers));
        return this;
    }

    /** Keeps every caller waiting until the target is closed. */
    public HttpTarget neverAnswers() {
        return answers(0);
    }

    public String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    /** A URL at which nobody listens. */
    public static String refusingUrl() {
        try (var target = start()) {
            return target.url("/");
        }
    }

    public List<Call> calls() {
        return List.copyOf(calls);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var headers = new java.util.TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
            exchange.getRequestHeaders()
                    .forEach((name, values) -> headers.put(name, values.get(0)));
            calls.add(
                    new Call(
                            exchange.getRequestMethod(),
                            exchange.getRequestURI().toString(),
                            headers,
                            new String(
                                    exchange.getRequestBody().readAllBytes(),
                                    StandardCharsets.UTF_8)));
            var answer = next();
            if (answer.status == 0) {
                closed.await();
                return;
            }
            answer.headers.forEach(exchange.getResponseHeaders()::set);
            boolean isBodiless =
                    answer.body.length == 0 || "HEAD".equals(exchange.getRequestMethod());
            exchange.sendResponseHeaders(answer.status, isBodiless ? -1 : answer.body.length);
            if (!isBodiless) {
                exchange.getResponseBody().write(answer.body);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Answer next() {
        @Nullable Answer next = ahead.poll();
        if (next != null) {
            last = next;
        }
        return last;
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
