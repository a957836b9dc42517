package io.carillon.cluster;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/** An HTTP target that counts calls by their Idempotency-Key, which is the execution's id. */
public final class CountingTarget implements AutoCloseable {
    private final HttpServer server;
    private final Map<String, Integer> calls = new ConcurrentHashMap<>();

    public CountingTarget() throws IOException {
        server = HttpServer.create(new InetSocketAddress("localhost", 0), 4096);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        calls.merge(
                                exchange.getRequestHeaders().getFirst("Idempotency-Key"),
                                1,
                                Integer::sum);
                        exchange.sendResponseHeaders(204, -1);
                    }
                });
        server.start();
    }

    public String url() {
        return "http://localhost:" + server.getAddress().getPort() + "/";
    }

    /** Calls by execution id. */
    public Map<String, Integer> calls() {
        return Map.copyOf(calls);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
