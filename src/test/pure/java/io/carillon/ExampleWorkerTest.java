package io.carillon;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * The Java worker under {@code examples/}, with a server that answers in an order of the test's.
 */
class ExampleWorkerTest {
    private static final long SOON_SECONDS = 60;

    private final ObjectMapper json = new ObjectMapper();
    private final AtomicInteger claims = new AtomicInteger();
    private final CountDownLatch firstIsInHeartbeat = new CountDownLatch(1);
    private final CountDownLatch secondRuns = new CountDownLatch(1);
    private final CountDownLatch firstIsToldLost = new CountDownLatch(1);
    private final CompletableFuture<String> endOfSecond = new CompletableFuture<>();

    /**
     * The first execution ends while a heartbeat that names it is under way; the answer, that the
     * worker holds it no longer, arrives when the second runs.
     */
    @Test
    void anExecutionThatHasEndedIsNotStoppedInTheNext() throws Exception {
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        try (var threads = Executors.newCachedThreadPool()) {
            server.setExecutor(threads);
            server.createContext("/", this::answer);
            server.start();
            var builder =
                    new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "examples/worker-java/Worker.java");
            builder.environment()
                    .put("CARILLON_URL", "http://127.0.0.1:" + server.getAddress().getPort());
            builder.environment().put("CARILLON_CAPACITY", "1");
            var log = Files.createTempFile(Path.of("target"), "worker-", ".log").toFile();
            var worker = builder.redirectErrorStream(true).redirectOutput(log).start();
            try {
                assertThat(endOfSecond.get(SOON_SECONDS, TimeUnit.SECONDS)).isEqualTo("complete");
            } finally {
                worker.destroyForcibly().waitFor();
                server.stop(0);
            }
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            var body = json.readTree(exchange.getRequestBody());
            byte[] answer = answer(path, body).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private String answer(String path, JsonNode body) throws InterruptedException {
        String call = path.substring(path.lastIndexOf('/') + 1);
        boolean isOfFirst = path.contains("/executions/first/");
        switch (call) {
            case "workers" -> {
                return "{\"id\": \"worker\"}";
            }
            case "claim" -> {
                return switch (claims.incrementAndGet()) {
                    case 1 -> claimed("first", "echo");
                    case 2 -> claimed("second", "sleep");
                    default -> "{\"executions\": []}";
                };
            }
            case "heartbeat" -> {
                if (!body.get("executions").toString().contains("first")) {
                    return "{\"drain\": false, \"lost\": [], \"cancel\": []}";
                }
                firstIsInHeartbeat.countDown();
                secondRuns.await(SOON_SECONDS, TimeUnit.SECONDS);
                firstIsToldLost.countDown();
                return "{\"drain\": false, \"lost\": [\"first\"], \"cancel\": []}";
            }
            case "progress" -> {
                secondRuns.countDown();
                firstIsToldLost.await(SOON_SECONDS, TimeUnit.SECONDS);
            }
            default -> {
                if (isOfFirst) {
                    firstIsInHeartbeat.await(SOON_SECONDS, TimeUnit.SECONDS);
                } else {
                    endOfSecond.complete(call);
                }
            }
        }
        return "{}";
    }

    private static String claimed(String id, String task) {
        return """
            {"executions": [{"id": "%s", "epoch": 1, "task": "%s", "payload": {"seconds": 3}}]}
            """
                .formatted(id, task);
    }
}
