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
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A server on the loopback for jobs of type http to call. It records every call and gives its
 * answers in order; the last it gives for ever.
 */
public final class HttpTarget implements AutoCloseable {
    private static final int NEVER = 0;
    private static final int HOLD = 1;
    private static final int DRIP = 2;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Semaphore letGo = new Semaphore(0);
    private final AtomicInteger hungUp = new AtomicInteger();
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
        return answers(NEVER);
    }

    /** Keeps every caller waiting until it is let go, and then answers 200. */
    public HttpTarget holdsItsAnswers() {
        return answers(HOLD);
    }

    /** Lets so many callers go who wait for a held answer, or will. */
    public void letGo(int callers) {
        letGo.release(callers);
    }

    /** Answers 200 without an end, a byte at a time, and so notices when a caller hangs up. */
    public HttpTarget neverEndsItsAnswer() {
        return answers(DRIP);
    }

    /** How many callers of an answer without an end have hung up. */
    public int hungUp() {
        return hungUp.get();
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
            if (answer.status == NEVER) {
                closed.await();
                return;
            }
            if (answer.status == DRIP) {
                drip(exchange);
                return;
            }
            if (answer.status == HOLD) {
                letGo.acquire();
                exchange.sendResponseHeaders(200, -1);
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

    private void drip(HttpExchange exchange) throws IOException, InterruptedException {
        exchange.sendResponseHeaders(200, 0);
        try {
            while (!closed.await(10, TimeUnit.MILLISECONDS)) {
                exchange.getResponseBody().write('.');
                exchange.getResponseBody().flush();
            }
        } catch (IOException brokenPipe) {
            hungUp.incrementAndGet();
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
