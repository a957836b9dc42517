package io.carillon.handler.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class HttpFailuresTest {
    private static final URI TARGET = URI.create("https://shop.example/pay?token=secret");

    @Test
    void aHostWithoutAnAddressIsNamed() {
        var unresolved = new ConnectException();
        unresolved.initCause(new UnresolvedAddressException());

        assertThat(said(unresolved)).isEqualTo("HTTP_CONNECT could not resolve host shop.example");
    }

    @Test
    void aRefusedConnectionNamesHostAndPort() {
        assertThat(said(new ConnectException()))
                .isEqualTo("HTTP_CONNECT connection refused by shop.example:443");
        assertThat(said(new ConnectException("Network is unreachable")))
                .isEqualTo(
                        "HTTP_CONNECT no connection to shop.example:443: Network is unreachable");
        assertThat(said(new HttpConnectTimeoutException("HTTP connect timed out")))
                .isEqualTo("HTTP_CONNECT no connection to shop.example:443 in time");
    }

    @Test
    void otherFailuresNameTheirCause() {
        assertThat(said(new SSLHandshakeException("certificate expired")))
                .isEqualTo("HTTP_TLS shop.example:443: SSLHandshakeException: certificate expired");
        assertThat(said(new IOException("HTTP/1.1 header parser received no bytes")))
                .isEqualTo(
                        "HTTP_IO shop.example:443: IOException: HTTP/1.1 header parser received no bytes");
    }

    @Test
    void onlyWhatWasNotConnectedHadNoEffect() {
        assertThat(HttpFailures.of(new ConnectException(), TARGET).hadNoEffect()).isTrue();
        assertThat(HttpFailures.of(new IOException("reset"), TARGET).hadNoEffect()).isFalse();
    }

    private static String said(IOException failure) {
        var outcome = HttpFailures.of(failure, TARGET);
        return outcome.code() + " " + outcome.message();
    }
}
