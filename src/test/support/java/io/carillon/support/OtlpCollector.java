package io.carillon.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** A collector on the loopback: takes OTLP by HTTP, in Protobuf, and keeps it. */
public final class OtlpCollector implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Span> spans = new CopyOnWriteArrayList<>();
    private final List<Resource> resources = new CopyOnWriteArrayList<>();
    private final List<Map<String, String>> headers = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final int status;

    private OtlpCollector(int port, int status) {
        this.status = status;
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        server.setExecutor(threads);
        server.createContext("/v1/traces", this::take);
        server.start();
    }

    /** One that takes everything. */
    public static OtlpCollector at(int port) {
        return new OtlpCollector(port, 200);
    }

    /** One that answers nothing until it is closed. */
    public static OtlpCollector silentAt(int port) {
        return new OtlpCollector(port, 0);
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (status == 0) {
                closed.await();
                return;
            }
            var request =
                    ExportTraceServiceRequest.parseFrom(
                            new GZIPInputStream(exchange.getRequestBody()));
            var sent = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
            exchange.getRequestHeaders().forEach((name, values) -> sent.put(name, values.get(0)));
            headers.add(sent);
            for (var ofResource : request.getResourceSpansList()) {
                resources.add(ofResource.getResource());
                ofResource
                        .getScopeSpansList()
                        .forEach(ofScope -> spans.addAll(ofScope.getSpansList()));
            }
            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(status, -1);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** The spans that came and are of this trace. */
    public List<Span> ofTrace(String traceId) {
        return spans.stream().filter(span -> hex(span.getTraceId()).equals(traceId)).toList();
    }

    /** Those of the trace with a name. */
    public Stream<Span> named(String traceId, Predicate<String> name) {
        return ofTrace(traceId).stream().filter(span -> name.test(span.getName()));
    }

    /** How many spans came. */
    public int count() {
        return spans.size();
    }

    /** What was told of the service with each batch. */
    public List<Resource> resources() {
        return List.copyOf(resources);
    }

    /** The headers of each batch. */
    public List<Map<String, String>> headers() {
        return List.copyOf(headers);
    }

    /** The attributes by their names, as texts. */
    public static Map<String, String> attributes(List<KeyValue> attributes) {
        var found = new TreeMap<String, String>();
        for (var each : attributes) {
            var value = each.getValue();
            found.put(
                    each.getKey(),
                    value.hasStringValue()
                            ? value.getStringValue()
                            : Long.toString(value.getIntValue()));
        }
        return found;
    }

    /** An id as it is written. */
    public static String hex(com.google.protobuf.ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
