package io.carillon.handler.http;

import io.carillon.handler.Outcome;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Says what went wrong with a call that got no answer: which host and port, and the cause. Of the
 * request nothing else is named, since its path and headers may hold secrets.
 */
final class HttpFailures {
    private HttpFailures() {}

    /**
     * Returns the outcome of a call that got no answer. A call that was not connected had no
     * effect; of the rest nobody knows.
     */
    static Outcome.Failure of(IOException failure, URI target) {
        String host = target.getHost();
        int port = portOf(target);
        if (has(failure, UnresolvedAddressException.class)
                || has(failure, UnknownHostException.class)) {
            return connect("could not resolve host " + host);
        }
        if (failure instanceof HttpConnectTimeoutException) {
            return connect("no connection to %s:%d in time".formatted(host, port));
        }
        if (has(failure, NoRouteToHostException.class)) {
            return connect("no route to %s:%d".formatted(host, port));
        }
        if (failure instanceof ConnectException) {
            String why = messageOf(failure);
            return connect(
                    why == null || why.startsWith("Connection refused")
                            ? "connection refused by %s:%d".formatted(host, port)
                            : "no connection to %s:%d: %s".formatted(host, port, why));
        }
        String why = messageOf(failure);
        String kind = failure instanceof SSLException ? "TLS" : "IO";
        return Outcome.failure(
                "HTTP_" + kind,
                "%s:%d: %s%s"
                        .formatted(
                                host,
                                port,
                                failure.getClass().getSimpleName(),
                                why == null ? "" : ": " + why));
    }

    private static Outcome.Failure connect(String message) {
        return Outcome.failure("HTTP_CONNECT", message).withoutEffect();
    }

    private static int portOf(URI target) {
        if (target.getPort() >= 0) {
            return target.getPort();
        }
        return "https".equalsIgnoreCase(target.getScheme()) ? 443 : 80;
    }

    private static boolean has(Throwable failure, Class<? extends Throwable> cause) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (cause.isInstance(each)) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable String messageOf(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each.getMessage() != null) {
                return each.getMessage();
            }
        }
        return null;
    }
}
