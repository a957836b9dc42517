package io.carillon.handler.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.junit.jupiter.api.Test;

class HttpFailuresTest {
    private static final CallTarget TARGET = CallTarget.of("https://shop.example/pay?token=secret");

    @Test
    void whatWasNotConnectedNamesHostPortAndCause() {
        assertThat(unconnected(new UnknownHostException("shop.example")))
                .isEqualTo("HTTP_CONNECT could not resolve the host of shop.example:443");
        assertThat(unconnected(new ConnectException("Connection refused")))
                .isEqualTo("HTTP_CONNECT connection refused by shop.example:443");
        assertThat(unconnected(new SocketTimeoutException("Connect timed out")))
                .isEqualTo("HTTP_CONNECT no connection to shop.example:443 in time");
        assertThat(unconnected(new NoRouteToHostException("No route to host")))
                .isEqualTo("HTTP_CONNECT no route to shop.example:443");
        assertThat(unconnected(new SocketException("Network is unreachable")))
                .isEqualTo(
                        "HTTP_CONNECT no connection to shop.example:443: SocketException: Network is unreachable");
        assertThat(unconnected(new SocketException("Connection reset")))
                .isEqualTo("HTTP_CONNECT connection reset by shop.example:443 while connecting");
        assertThat(unconnected(new SSLHandshakeException("certificate expired")))
                .isEqualTo(
                        "HTTP_TLS TLS with shop.example:443 failed: SSLHandshakeException: certificate expired");
    }

    @Test
    void whatWasNotAnsweredNamesHostPortAndCause() {
        assertThat(unanswered(new NoHttpResponseException("failed to respond")))
                .isEqualTo("HTTP_IO shop.example:443 closed the connection without an answer");
        assertThat(unanswered(new SocketException("Connection reset")))
                .isEqualTo("HTTP_IO connection reset by shop.example:443");
        assertThat(unanswered(new ConnectionClosedException()))
                .isEqualTo("HTTP_IO shop.example:443 ended its answer too early");
        assertThat(unanswered(new IOException("odd")))
                .isEqualTo("HTTP_IO shop.example:443: IOException: odd");
    }

    @Test
    void whatIsWrongWithCertificatesIsSaid() {
        assertThat(
                        unconnected(
                                new SSLHandshakeException(
                                        "(certificate_unknown) PKIX path building failed: x")))
                .endsWith("; its certificate is of no CA that is trusted here");
        assertThat(
                        unanswered(
                                new SSLHandshakeException(
                                        "(certificate_required) Received fatal alert: certificate_required")))
                .startsWith("HTTP_TLS TLS with shop.example:443 failed: ")
                .endsWith("; it demands a certificate of the caller");
        assertThat(unanswered(new SSLHandshakeException("Received fatal alert: bad_certificate")))
                .endsWith("; it has refused the caller's certificate, or demands one");
        assertThat(unanswered(new SSLHandshakeException("Received fatal alert: handshake_failure")))
                .contains("; perhaps it demands a certificate");
        assertThat(
                        unconnected(
                                new SSLException(
                                        "readHandshakeRecord", new SocketException("Broken pipe"))))
                .contains("it ended the connection");
    }

    @Test
    void onlyWhatWasNotConnectedHadNoEffect() {
        var refused = new NotConnectedException(new ConnectException("Connection refused"));

        assertThat(HttpFailures.of(refused, TARGET).hadNoEffect()).isTrue();
        assertThat(HttpFailures.of(new SocketException("Connection reset"), TARGET).hadNoEffect())
                .isFalse();
    }

    private static String unconnected(IOException cause) {
        return unanswered(new NotConnectedException(cause));
    }

    private static String unanswered(IOException failure) {
        var outcome = HttpFailures.of(failure, TARGET);
        return outcome.code() + " " + outcome.message();
    }
}
