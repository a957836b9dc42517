package io.carillon.handler.http;

import io.carillon.handler.Outcome;
import io.carillon.outgoing.AddressRefusedException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.TruncatedChunkException;
import org.jspecify.annotations.Nullable;

/**
 * Explains why a call got no answer: names host, port and cause. It names nothing else of the
 * request, since path and headers may hold secrets.
 */
public final class HttpFailures {
    private HttpFailures() {}

    /**
     * Returns the outcome of a call that got no answer. A call without a connection had no effect;
     * for others, this is unknown.
     */
    public static Outcome.Failure of(IOException failure, CallTarget target) {
        return failure instanceof NotConnectedException && failure.getCause() instanceof IOException
                ? unconnected((IOException) failure.getCause(), target.hostAndPort())
                        .withoutEffect()
                : unanswered(failure, target.hostAndPort());
    }

    private static Outcome.Failure unconnected(IOException failure, String target) {
        return switch (failure) {
            case AddressRefusedException refused ->
                    Outcome.failure("ADDRESS_REFUSED", String.valueOf(refused.getMessage()))
                            .notRetryable();
            case UnknownHostException _ -> connect("could not resolve the host of " + target);
            case SSLException tls -> tls(tls, target);
            case SocketTimeoutException _ -> connect("no connection to " + target + " in time");
            case NoRouteToHostException _ -> connect("no route to " + target);
            case ConnectException refused when says(refused, "refused") ->
                    connect("connection refused by " + target);
            default ->
                    says(failure, "reset")
                            ? connect("connection reset by %s while connecting".formatted(target))
                            : connect("no connection to " + target + why(failure));
        };
    }

    private static Outcome.Failure unanswered(IOException failure, String target) {
        return switch (failure) {
            case SSLException tls -> tls(tls, target);
            case NoHttpResponseException _ ->
                    io(target + " closed the connection without an answer");
            case TruncatedChunkException _ -> io(target + " ended its answer too early");
            case ConnectionClosedException _ -> io(target + " ended its answer too early");
            case EOFException _ -> io(target + " ended its answer too early");
            case SocketException reset when says(reset, "reset") ->
                    io("connection reset by " + target);
            default -> io(target + why(failure));
        };
    }

    private static Outcome.Failure connect(String message) {
        return Outcome.failure("HTTP_CONNECT", message);
    }

    private static Outcome.Failure tls(SSLException failure, String target) {
        return Outcome.failure(
                "HTTP_TLS", "TLS with " + target + " failed" + why(failure) + hint(failure));
    }

    /**
     * Says what the JDK's words and those of the target mean, where they need it.
     *
     * @return the end of a sentence; perhaps empty
     */
    public static String hint(SSLException failure) {
        if (says(failure, "certification path") || says(failure, "pkix path")) {
            return "; its certificate is of no CA that is trusted here";
        }
        if (says(failure, "received fatal alert: certificate_required")) {
            return "; it demands a certificate of the caller";
        }
        if (says(failure, "received fatal alert")
                && (says(failure, "certificate") || says(failure, "unknown_ca"))) {
            return "; it has refused the caller's certificate, or demands one";
        }
        if (says(failure, "received fatal alert: handshake_failure")) {
            return "; perhaps it demands a certificate of the caller, or another version of TLS";
        }
        // The alert is lost if a target closes before it has read all that it was sent.
        return says(failure, "readhandshakerecord") || says(failure, "terminated the handshake")
                ? "; it ended the connection, as one does that demands a certificate of the caller or refuses it"
                : "";
    }

    private static Outcome.Failure io(String message) {
        return Outcome.failure("HTTP_IO", message);
    }

    private static boolean says(IOException failure, String word) {
        String message = failure.getMessage();
        return message != null && message.toLowerCase(Locale.ROOT).contains(word);
    }

    private static String why(Throwable failure) {
        String message = messageOf(failure);
        return ": " + failure.getClass().getSimpleName() + (message == null ? "" : ": " + message);
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
