package io.carillon.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * A bucket on the loopback that speaks as much of S3 as backups need, and misbehaves as told. It
 * checks who asks, but no signature.
 */
public final class FakeBucket implements AutoCloseable {
    public static final String NAME = "fake-backups";
    public static final String ACCESS_KEY = "AKIATEST";

    /** How an operation goes wrong. */
    public enum Fault {
        /** The connection ends while the request is read. */
        HANG_UP,
        /** No answer comes. */
        HOLD,
        /** An answer comes, and stops in the middle. */
        STALL,
        /** What is read is not what was written. */
        SPOIL,
        /** 403. */
        DENY,
        /** 501, as stores answer that do not know the operation. */
        UNKNOWN,
        /** It is done, and the connection ends before that is said. */
        SILENT,
        /** The answer has 16 MiB of blanks. */
        HUGE,
        /** What is listed is listed 10,000 times on each page, and there are always more pages. */
        ENDLESS,
        /** Everything is listed, whatever its key begins with. */
        ALL,
        /** What is listed has no times. */
        NO_TIMES,
        /** What is listed has times that are none. */
        NO_INSTANTS
    }

    private record Stored(byte[] bytes, Instant at) {}

    private record Upload(String key, Instant at, SortedMap<Integer, byte[]> parts) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<String, Fault> faults = new ConcurrentHashMap<>();
    private final SortedMap<String, Stored> objects = new ConcurrentSkipListMap<>();
    private final Map<String, Upload> uploads = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();

    public FakeBucket() {
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

    public String endpoint() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    /** Lets an operation of S3 go wrong from now on. */
    public void fail(String operation, Fault fault) {
        faults.put(operation, fault);
    }

    public void mend() {
        faults.clear();
    }

    /** What an object holds that is there. */
    public byte[] bytes(String key) {
        return Objects.requireNonNull(objects.get(key)).bytes;
    }

    public List<String> keys() {
        return List.copyOf(objects.keySet());
    }

    /** The keys of uploads that were begun and neither completed nor aborted. */
    public List<String> uploads() {
        return uploads.values().stream().map(Upload::key).sorted().toList();
    }

    public void put(String key, String text, Instant at) {
        objects.put(key, new Stored(text.getBytes(StandardCharsets.UTF_8), at));
    }

    public void beginUpload(String key, Instant at) {
        uploads.put(UUID.randomUUID().toString(), new Upload(key, at, new TreeMap<>()));
    }

    /** The operations that came, by their names in S3. */
    public List<String> asked() {
        return asked;
    }

    private void handle(HttpExchange exchange) throws IOException {
        var uri = exchange.getRequestURI();
        var query = queryOf(uri);
        String path = uri.getPath().substring(1);
        int slash = path.indexOf('/');
        String bucket = slash < 0 ? path : path.substring(0, slash);
        String key = slash < 0 ? "" : path.substring(slash + 1);
        String operation = operationOf(exchange.getRequestMethod(), key, query);
        asked.add(operation);
        var fault = faults.get(operation);
        try {
            String caller = exchange.getRequestHeaders().getFirst("Authorization");
            if (fault == Fault.HANG_UP) {
                exchange.getRequestBody().readNBytes(1000);
                exchange.close();
            } else if (fault == Fault.HOLD) {
                hold();
            } else if (caller == null || !caller.contains("Credential=" + ACCESS_KEY + "/")) {
                error(exchange, 403, "InvalidAccessKeyId");
            } else if (fault == Fault.DENY) {
                error(exchange, 403, "AccessDenied");
            } else if (fault == Fault.UNKNOWN) {
                error(exchange, 501, "NotImplemented");
            } else if (!bucket.equals(NAME)) {
                error(exchange, 404, "NoSuchBucket");
            } else {
                done(exchange, operation, key, query, fault);
            }
        } finally {
            exchange.close();
        }
    }

    private void hold() {
        try {
            closed.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static Map<String, String> queryOf(URI uri) {
        var query = new HashMap<String, String>();
        if (uri.getQuery() != null) {
            for (String each : uri.getQuery().split("&")) {
                int equals = each.indexOf('=');
                query.put(
                        equals < 0 ? each : each.substring(0, equals),
                        equals < 0 ? "" : each.substring(equals + 1));
            }
        }
        return query;
    }

    private static String operationOf(String method, String key, Map<String, String> query) {
        boolean isUpload = query.containsKey("uploadId");
        return switch (method) {
            case "POST" -> isUpload ? "CompleteMultipartUpload" : "CreateMultipartUpload";
            case "PUT" -> isUpload ? "UploadPart" : "PutObject";
            case "DELETE" -> isUpload ? "AbortMultipartUpload" : "DeleteObject";
            case "GET" ->
                    !key.isEmpty()
                            ? "GetObject"
                            : query.containsKey("uploads")
                                    ? "ListMultipartUploads"
                                    : "ListObjectsV2";
            default -> throw new IllegalArgumentException(method);
        };
    }

    private void done(
            HttpExchange exchange,
            String operation,
            String key,
            Map<String, String> query,
            Fault fault)
            throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String id = query.getOrDefault("uploadId", "");
        if (operation.endsWith("Upload") && !id.isEmpty() && !uploads.containsKey(id)) {
            error(exchange, 404, "NoSuchUpload");
            return;
        }
        switch (operation) {
            case "CreateMultipartUpload" -> {
                String made = UUID.randomUUID().toString();
                uploads.put(made, new Upload(key, now(), new TreeMap<>()));
                xml(
                        exchange,
                        "<InitiateMultipartUploadResult><UploadId>%s</UploadId></InitiateMultipartUploadResult>"
                                .formatted(made));
            }
            case "UploadPart" -> {
                uploads.get(id).parts.put(Integer.parseInt(query.get("partNumber")), body);
                exchange.getResponseHeaders().set("ETag", "\"part\"");
                answer(exchange, 200, new byte[0]);
            }
            case "CompleteMultipartUpload" -> {
                objects.put(key, new Stored(joined(uploads.remove(id).parts), now()));
                if (fault != Fault.SILENT) {
                    xml(
                            exchange,
                            "<CompleteMultipartUploadResult><ETag>all</ETag></CompleteMultipartUploadResult>");
                }
            }
            case "AbortMultipartUpload" -> {
                uploads.remove(id);
                answer(exchange, 204, new byte[0]);
            }
            case "PutObject" -> {
                objects.put(key, new Stored(body, now()));
                answer(exchange, 200, new byte[0]);
            }
            case "DeleteObject" -> {
                objects.remove(key);
                answer(exchange, 204, new byte[0]);
            }
            case "GetObject" -> read(exchange, key, fault);
            case "ListMultipartUploads" ->
                    xml(
                            exchange,
                            strange(
                                    uploadsBelow(fault == Fault.ALL ? "" : query.get("prefix")),
                                    fault));
            case "ListObjectsV2" ->
                    xml(
                            exchange,
                            strange(
                                    objectsBelow(fault == Fault.ALL ? "" : query.get("prefix")),
                                    fault));
            default -> throw new IllegalArgumentException(operation);
        }
    }

    private void read(HttpExchange exchange, String key, Fault fault) throws IOException {
        byte[] bytes = bytes(key).clone();
        if (fault == Fault.SPOIL) {
            bytes[bytes.length / 2] ^= 1;
        }
        if (fault == Fault.STALL) {
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(Arrays.copyOf(bytes, bytes.length / 2));
            exchange.getResponseBody().flush();
            hold();
            return;
        }
        answer(exchange, 200, bytes);
    }

    private static String strange(String xml, Fault fault) {
        int first = xml.indexOf('>') + 1;
        int end = xml.indexOf("<IsTruncated>");
        return switch (fault) {
            case HUGE -> xml.substring(0, first) + " ".repeat(16 << 20) + xml.substring(first);
            case ENDLESS ->
                    xml.substring(0, first)
                            + xml.substring(first, end).repeat(10_000)
                            + "<NextContinuationToken>t</NextContinuationToken>"
                            + "<NextKeyMarker>k</NextKeyMarker>"
                            + "<NextUploadIdMarker>u</NextUploadIdMarker>"
                            + xml.substring(end).replace("false", "true");
            case NO_TIMES ->
                    xml.replaceAll(
                            "<(LastModified|Initiated)>[^<]*</(LastModified|Initiated)>", "");
            case NO_INSTANTS ->
                    xml.replaceAll("<(LastModified|Initiated)>[^<]*<", "<$1>yesterday<");
            case null, default -> xml;
        };
    }

    private String uploadsBelow(String prefix) {
        return uploads.entrySet().stream()
                .filter(each -> each.getValue().key.startsWith(prefix))
                .map(
                        each ->
                                "<Upload><Key>%s</Key><UploadId>%s</UploadId><Initiated>%s</Initiated></Upload>"
                                        .formatted(
                                                each.getValue().key,
                                                each.getKey(),
                                                each.getValue().at))
                .collect(
                        Collectors.joining(
                                "",
                                "<ListMultipartUploadsResult>",
                                "<IsTruncated>false</IsTruncated></ListMultipartUploadsResult>"));
    }

    private String objectsBelow(String prefix) {
        return objects.entrySet().stream()
                .filter(each -> each.getKey().startsWith(prefix))
                .map(
                        each ->
                                "<Contents><Key>%s</Key><LastModified>%s</LastModified></Contents>"
                                        .formatted(each.getKey(), each.getValue().at))
                .collect(
                        Collectors.joining(
                                "",
                                "<ListBucketResult>",
                                "<IsTruncated>false</IsTruncated></ListBucketResult>"));
    }

    private static byte[] joined(SortedMap<Integer, byte[]> parts) {
        var all = new ByteArrayOutputStream();
        parts.values().forEach(all::writeBytes);
        return all.toByteArray();
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }

    private static void error(HttpExchange exchange, int status, String code) throws IOException {
        exchange.getRequestBody().readAllBytes();
        answer(
                exchange,
                status,
                "<Error><Code>%s</Code><Message>as told</Message></Error>"
                        .formatted(code)
                        .getBytes(StandardCharsets.UTF_8));
    }

    private static void xml(HttpExchange exchange, String text) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/xml");
        answer(exchange, 200, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
