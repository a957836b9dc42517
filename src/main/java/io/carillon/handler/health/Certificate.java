package io.carillon.handler.health;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.handler.http.CallTarget;
import io.carillon.outgoing.GuardedSockets;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Reads the certificate of a server in a separate handshake, whether it is trusted or not: if it
 * has just expired, people want to know when. Nothing is sent over that connection.
 *
 * @param distrust why it is not trusted; null if it is
 */
record Certificate(X509Certificate first, @Nullable String distrust) {
    private static final Duration DAY = Duration.ofDays(1);

    /**
     * Reads it from an open connection.
     *
     * @throws IOException if the server does not speak TLS
     */
    static Certificate of(Socket socket, CallTarget target) throws IOException {
        try {
            var reader = new Reader(trusted());
            var context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {reader}, null);
            GuardedSockets.secured(context.getSocketFactory(), socket, target.host(), target.port())
                    .close();
            if (reader.first == null) {
                throw new SSLException("no certificate");
            }
            return new Certificate(Objects.requireNonNull(reader.first), reader.distrust);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static X509ExtendedTrustManager trusted() throws GeneralSecurityException {
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        return Stream.of(factory.getTrustManagers())
                .filter(X509ExtendedTrustManager.class::isInstance)
                .map(X509ExtendedTrustManager.class::cast)
                .findFirst()
                .orElseThrow();
    }

    Instant endsAt() {
        return first.getNotAfter().toInstant();
    }

    /** Returns it for a result; a day that has begun counts. */
    ObjectNode result(Duration left) {
        var result = JsonNodeFactory.instance.objectNode();
        result.put("subject", first.getSubjectX500Principal().getName());
        result.put("issuer", first.getIssuerX500Principal().getName());
        result.put("endsAt", endsAt().toString());
        result.put("daysLeft", left.plus(DAY).minusNanos(1).toDays());
        result.put("trusted", distrust == null);
        return result;
    }

    /** Records the certificates it is shown, and refuses none. */
    private static final class Reader extends X509ExtendedTrustManager {
        private final X509ExtendedTrustManager trusted;
        private @Nullable X509Certificate first;
        private @Nullable String distrust;

        Reader(X509ExtendedTrustManager trusted) {
            this.trusted = trusted;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
            first = chain[0];
            try {
                trusted.checkServerTrusted(chain, type, socket);
            } catch (CertificateException refused) {
                distrust = String.valueOf(refused.getMessage());
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            throw new UnsupportedOperationException("there is a socket");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            throw new UnsupportedOperationException("there is a socket");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
            throw new UnsupportedOperationException("there are no clients");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            throw new UnsupportedOperationException("there are no clients");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            throw new UnsupportedOperationException("there are no clients");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
