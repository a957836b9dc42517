package io.carillon.handler.http;

import static io.carillon.support.TestCertificates.CA;
import static io.carillon.support.TestCertificates.EC;
import static io.carillon.support.TestCertificates.RSA;
import static io.carillon.support.TestCertificates.certificateOf;
import static io.carillon.support.TestCertificates.keyOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carillon.outgoing.AddressRefusedException;
import io.carillon.outgoing.Guards;
import io.carillon.outgoing.Guards.Dns;
import io.carillon.support.RawTarget;
import io.carillon.support.TlsTarget;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whose connections a call may use: none that it could not have made itself. */
class SharedConnectionsTest {
    private final TlsContexts contexts = new TlsContexts();

    @Test
    void aConnectionThatOneNamespaceMayMakeServesNoOther() throws Exception {
        var calls = with(Map.of("allowed-networks-of.billing", "127.0.0.1/32"));
        try (var target = RawTarget.start(RawTarget.Exchange::ok)) {
            assertThat(get(calls, "billing", target).status()).isEqualTo(200);

            assertThatThrownBy(() -> get(calls, "sales", target))
                    .isInstanceOf(NotConnectedException.class)
                    .hasCauseInstanceOf(AddressRefusedException.class);

            get(calls, "billing", target);
            assertThat(target.requests()).hasSize(2);
            assertThat(target.connections()).isEqualTo(1);
        } finally {
            calls.close();
        }
    }

    @Test
    void namespacesWithoutAListOfTheirOwnShareConnections() throws Exception {
        var calls =
                with(
                        Map.of(
                                "allowed-networks",
                                "127.0.0.1/32",
                                "allowed-hosts-of.billing",
                                "hooks.internal"));
        try (var target = RawTarget.start(RawTarget.Exchange::ok)) {
            get(calls, "sales", target);
            get(calls, "reports", target);
            assertThat(target.connections()).isEqualTo(1);

            get(calls, "billing", target);
            assertThat(target.connections()).isEqualTo(2);
        } finally {
            calls.close();
        }
    }

    @Test
    void aConnectionWithACertificateServesNobodyElse() throws Exception {
        var calls = with(Map.of("allow-loopback", "true"));
        try (var target = TlsTarget.asking()) {
            var ca = tls(null);
            var ec = tls(EC);
            var rsa = tls(RSA);
            for (var each : new Call.Tls[] {ca, ec, ca, rsa, ec}) {
                get(calls, target, each);
            }
            assertThatThrownBy(() -> get(calls, target, null))
                    .isInstanceOf(NotConnectedException.class)
                    .hasStackTraceContaining("certification path");

            assertThat(target.calls())
                    .extracting(TlsTarget.Call::client)
                    .containsExactly("", "CN=ec", "", "CN=rsa", "CN=ec");
            var ports = target.calls().stream().map(TlsTarget.Call::port).toList();
            assertThat(ports.get(2)).isEqualTo(ports.get(0));
            assertThat(ports.get(4)).isEqualTo(ports.get(1));
            assertThat(Set.copyOf(ports)).hasSize(3);
        } finally {
            calls.close();
        }
    }

    private static HttpCalls with(Map<String, String> settings) {
        return new HttpCalls(Guards.with(settings, new Dns().answers("localhost", "127.0.0.1")));
    }

    private Call.Tls tls(@Nullable String party) {
        return contexts.of(
                party == null
                        ? new HttpTls(certificateOf(CA), null, null)
                        : new HttpTls(certificateOf(CA), certificateOf(party), keyOf(party)),
                CallTarget.of("https://localhost/"));
    }

    private static Answer get(HttpCalls calls, String namespace, RawTarget target)
            throws IOException, InterruptedException {
        var to = CallTarget.of(target.url("/"));
        return calls.send(new Call(namespace, to, "GET", Map.of(), null));
    }

    private static Answer get(HttpCalls calls, TlsTarget target, Call.@Nullable Tls tls)
            throws IOException, InterruptedException {
        var to = CallTarget.of(target.url("/"));
        return calls.send(new Call("default", to, "GET", Map.of(), null, tls));
    }
}
