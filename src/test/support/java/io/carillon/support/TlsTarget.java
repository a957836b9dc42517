package io.carillon.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * An HTTPS server on localhost with a certificate of {@link TestCertificates}, which demands
 * certificates of its CA, or asks for them, and keeps whose it got.
 */
public final class TlsTarget implements AutoCloseable {
    private final HttpsServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private volatile @Nullable String location;

    /**
     * A call that came.
     *
     * @param client {@code CN=} and its name; empty if it presented no certificate
     * @param port of the caller, which tells connections apart
     */
    public record Call(String client, int port, String path) {}

    private TlsTarget(boolean demands, String protocol) {
        try {
            server =
                    HttpsServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setHttpsConfigurator(
                    new HttpsConfigurator(TestCertificates.ofServer()) {
                        @Override
                        public void configure(HttpsParameters of) {
                            var parameters = getSSLContext().getDefaultSSLParameters();
                            if (demands) {
                                parameters.setNeedClientAuth(true);
                            } else {
                                parameters.setWantClientAuth(true);
                            }
                            parameters.setProtocols(new String[] {protocol});
                            of.setSSLParameters(parameters);
                        }
                    });
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** Starts one that answers nobody without a certificate. */
    public static TlsTarget demanding(String protocol) {
        return new TlsTarget(true, protocol);
    }

    /** Starts one that answers those without a certificate too. */
    public static TlsTarget asking() {
        return new TlsTarget(false, "TLSv1.2");
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            calls.add(
                    new Call(
                            clientOf((HttpsExchange) exchange),
                            exchange.getRemoteAddress().getPort(),
                            exchange.getRequestURI().getPath()));
            var to = location;
            if (to != null && !exchange.getRequestURI().getPath().equals("/end")) {
                exchange.getResponseHeaders().set("Location", to);
                exchange.sendResponseHeaders(302, -1);
            } else {
                exchange.sendResponseHeaders(204, -1);
            }
        }
    }

    private static String clientOf(HttpsExchange exchange) {
        try {
            return TestCertificates.nameIn(exchange.getSSLSession().getPeerCertificates()[0]);
        } catch (SSLPeerUnverifiedException none) {
            return "";
        }
    }

    /** Redirects all calls but those of {@code /end}. */
    public TlsTarget redirectsTo(String url) {
        location = url;
        return this;
    }

    public String url(String path) {
        return "https://localhost:" + server.getAddress().getPort() + path;
    }

    public List<Call> calls() {
        return List.copyOf(calls);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
