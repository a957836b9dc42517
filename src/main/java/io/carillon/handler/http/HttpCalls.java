package io.carillon.handler.http;

import io.carillon.outgoing.OutgoingGuard;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.impl.IdleConnectionEvictor;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests over pooled connections, each request exactly once, whatever happens to it. From
 * Apache HttpClient it uses the pool and the reading and writing of messages, but not its chain of
 * retries, redirects, authentication, cookies and decompression. ADR 0015 explains why.
 *
 * <p>It blocks on channels, so interrupting the thread closes the connection at once. Connections
 * are not limited: the slots of the worker limit attempts.
 */
@ApplicationScoped
public class HttpCalls {
    /**
     * How long a connection is kept if the target does not say: shorter than in any well-known
     * server.
     */
    private static final Duration KEPT = Duration.ofSeconds(4);

    /**
     * A connection is available at once, but another thread may hand it over, so a timeout of zero
     * fails now and then.
     */
    private static final Timeout LEASE = Timeout.ofMinutes(1);

    private static final Duration LONGEST_KEPT = Duration.ofMinutes(1);
    private static final Pattern KEEP_ALIVE_TIMEOUT =
            Pattern.compile("(?i)(?:^|[,\\s])timeout\\s*=\\s*\"?(\\d{1,6})");

    /**
     * Tells which calls may share a connection. It is never null: the pool gives connections
     * without a state also to those who ask for one with a state.
     *
     * @param namespace null unless its jobs may connect to what others may not
     * @param tls the digest of certificates and key; null for the usual ones
     */
    private record Sharing(@Nullable String namespace, @Nullable String tls) {}

    private final OutgoingGuard guard;
    private final PoolingHttpClientConnectionManager connections;
    private final IdleConnectionEvictor evictor;
    private final HttpRequestExecutor executor = new HttpRequestExecutor();

    HttpCalls(OutgoingGuard guard) {
        this.guard = guard;
        this.connections = Connections.through(guard);
        this.evictor =
                new IdleConnectionEvictor(
                        connections,
                        Thread.ofPlatform().daemon().name("http-idle").factory(),
                        TimeValue.ofSeconds(5),
                        TimeValue.of(LONGEST_KEPT));
        evictor.start();
    }

    @PreDestroy
    void close() {
        evictor.shutdown();
        connections.close(CloseMode.IMMEDIATE);
    }

    /**
     * Sends a request and reads the answer, as far as it is kept.
     *
     * @throws NotConnectedException if nothing has been sent
     * @throws IOException if there was no complete answer; the target may have read the request
     * @throws InterruptedException if the thread was interrupted; the connection is closed
     */
    public Answer send(Call call) throws IOException, InterruptedException {
        return send(call, null);
    }

    /**
     * As above with a streamed body; null for the call's own.
     *
     * @throws IOException also if that body cannot be read
     */
    public Answer send(Call call, @Nullable Upload upload)
            throws IOException, InterruptedException {
        try {
            return sendOnce(call, upload);
        } catch (IOException | RuntimeException failure) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw failure;
        }
    }

    private Answer sendOnce(Call call, @Nullable Upload upload)
            throws IOException, InterruptedException {
        var sharing = sharingOf(call);
        var endpoint = lease(call.target(), sharing);
        var keep = TimeValue.ZERO_MILLISECONDS;
        boolean isAnswered = false;
        try {
            var context = HttpCoreContext.create();
            if (!endpoint.isConnected()) {
                connect(endpoint, call, context);
            }
            var request = messageOf(call, upload);
            try (var response = endpoint.execute("", request, executor, context)) {
                var headers = headersOf(response);
                var body = CappedBody.read(response.getEntity(), headers);
                isAnswered = true;
                if (body.isWhole()
                        && DefaultConnectionReuseStrategy.INSTANCE.keepAlive(
                                request, response, context)) {
                    keep = keptFor(headers.get("Keep-Alive"));
                }
                return new Answer(response.getCode(), headers, body);
            }
        } catch (HttpException noHttp) {
            throw new IOException("its answer is not HTTP: " + noHttp.getMessage(), noHttp);
        } finally {
            if (keep.getDuration() == 0) {
                endpoint.close(isAnswered ? CloseMode.GRACEFUL : CloseMode.IMMEDIATE);
            }
            connections.release(endpoint, sharing, keep);
        }
    }

    private Sharing sharingOf(Call call) {
        return new Sharing(
                guard.hasListOf(call.namespace()) ? call.namespace() : null,
                call.tls() instanceof Call.Tls own ? own.digest() : null);
    }

    private ConnectionEndpoint lease(CallTarget target, Sharing sharing)
            throws InterruptedException {
        var host =
                new HttpHost(
                        target.isSecure() ? "https" : "http", target.bareHost(), target.port());
        var lease =
                connections.lease(
                        "",
                        new HttpRoute(host, null, target.isSecure()),
                        Timeout.DISABLED,
                        sharing);
        try {
            return lease.get(LEASE);
        } catch (ExecutionException | TimeoutException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void connect(ConnectionEndpoint endpoint, Call call, HttpCoreContext context)
            throws NotConnectedException {
        try {
            ScopedValue.where(Connections.CALL, call)
                    .<@Nullable Void, IOException>call(
                            () -> {
                                connections.connect(endpoint, null, context);
                                return null;
                            });
        } catch (IOException failure) {
            throw new NotConnectedException(failure);
        } catch (UncheckedIOException noSocket) {
            throw new NotConnectedException(Objects.requireNonNull(noSocket.getCause()));
        }
    }

    private static BasicClassicHttpRequest messageOf(Call call, @Nullable Upload upload) {
        var request =
                new BasicClassicHttpRequest(
                        call.method(), null, null, call.target().pathAndQuery());
        request.setHeader(HttpHeaders.HOST, call.target().authority());
        call.headers().forEach(request::setHeader);
        byte[] body = call.body();
        if (upload != null) {
            request.setEntity(new InputStreamEntity(upload.content(), upload.length(), null));
            request.setHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(upload.length()));
        } else if (body != null) {
            request.setEntity(new ByteArrayEntity(body, null));
            request.setHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length));
        } else if (hasBodyByNature(call.method())) {
            request.setHeader(HttpHeaders.CONTENT_LENGTH, "0");
        }
        return request;
    }

    /** RFC 9110 §8.6: for these methods a receiver expects a length. */
    private static boolean hasBodyByNature(String method) {
        return switch (method) {
            case "POST", "PUT", "PATCH" -> true;
            default -> false;
        };
    }

    private static Map<String, String> headersOf(ClassicHttpResponse response) {
        var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        for (var header : response.getHeaders()) {
            headers.merge(
                    header.getName(),
                    header.getValue() == null ? "" : header.getValue(),
                    (first, next) -> first + ", " + next);
        }
        return headers;
    }

    /**
     * Returns a second less than the target says, so that it does not close a connection that is
     * just being used.
     */
    private static TimeValue keptFor(@Nullable String keepAlive) {
        var told = KEEP_ALIVE_TIMEOUT.matcher(keepAlive == null ? "" : keepAlive);
        if (!told.find()) {
            return TimeValue.of(KEPT);
        }
        var kept = Duration.ofSeconds(Math.max(0, Long.parseLong(told.group(1)) - 1));
        return TimeValue.of(kept.compareTo(LONGEST_KEPT) > 0 ? LONGEST_KEPT : kept);
    }
}
