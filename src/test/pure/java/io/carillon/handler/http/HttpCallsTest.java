package io.carillon.handler.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.carillon.outgoing.AddressRefusedException;
import io.carillon.outgoing.Guards;
import io.carillon.outgoing.Guards.Dns;
import io.carillon.support.RawTarget;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import jdk.jfr.consumer.RecordingStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which address a call reaches, whatever DNS and the environment say. */
class HttpCallsTest {
    private final Dns dns = new Dns();
    private final HttpCalls calls =
            new HttpCalls(Guards.with(Map.of("allowed-networks", "127.0.0.1/32,::1/128"), dns));

    @AfterEach
    void close() {
        calls.close();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1 ::1", "127.0.0.1, ::1 127.0.0.1",
        "::1, 127.0.0.1 ::1", "::1, ::1 127.0.0.1"
    })
    void everyAddressOfANameIsTried(String listening, String addresses) throws Exception {
        dns.answers("shop.example", addresses);
        try (var target = RawTarget.startAt(listening, RawTarget.Exchange::ok)) {
            assertThat(send("shop.example", target).status()).isEqualTo(200);
            assertThat(target.requests()).hasSize(1);
        }
    }

    @Test
    void aHostWithAnUnderscoreIsCalled() throws Exception {
        dns.answers("shop_api", "127.0.0.1");
        try (var target = RawTarget.start(RawTarget.Exchange::ok)) {
            assertThat(send("shop_api", target).status()).isEqualTo(200);
            assertThat(target.requests().getFirst().header("Host"))
                    .isEqualTo("Host: shop_api:" + target.port());
        }
    }

    /** The name leads to a target that is allowed when it is checked, and to another when used. */
    @Test
    void theAddressThatWasCheckedIsConnectedTo() throws Exception {
        dns.answers("evil.example", "127.0.0.1", "127.0.0.2");
        try (var checked =
                        RawTarget.start(
                                // Said, so that no second request comes before the end does.
                                exchange -> exchange.ok("Connection: close\r\n", new byte[0]));
                var rebound =
                        RawTarget.startAt("127.0.0.2", checked.port(), RawTarget.Exchange::ok)) {
            assertThat(send("evil.example", checked).status()).isEqualTo(200);
            assertThat(dns.asked()).containsExactly("evil.example");

            assertThatThrownBy(() -> send("evil.example", checked))
                    .isInstanceOf(NotConnectedException.class)
                    .hasCauseInstanceOf(AddressRefusedException.class);
            assertThat(checked.requests()).hasSize(1);
            assertThat(rebound.connections()).isZero();
        }
    }

    @Test
    void aKeptConnectionStaysWhereItWasChecked() throws Exception {
        dns.answers("evil.example", "127.0.0.1", "127.0.0.2");
        try (var checked = RawTarget.start(RawTarget.Exchange::ok);
                var rebound =
                        RawTarget.startAt("127.0.0.2", checked.port(), RawTarget.Exchange::ok)) {
            send("evil.example", checked);
            send("evil.example", checked);

            assertThat(checked.requests()).hasSize(2);
            assertThat(checked.connections()).isEqualTo(1);
            assertThat(rebound.connections()).isZero();
            assertThat(dns.asked()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http.proxy", "https.proxy", "socksProxy"})
    void noProxyOfTheJvmIsUsed(String prefix) throws Exception {
        dns.answers("shop.example", "127.0.0.1");
        try (var proxy = RawTarget.start(RawTarget.Exchange::ok);
                var target = RawTarget.start(RawTarget.Exchange::ok)) {
            System.setProperty(prefix + "Host", "127.0.0.1");
            System.setProperty(prefix + "Port", Integer.toString(proxy.port()));
            // Neither spares this machine.
            System.setProperty("http.nonProxyHosts", "");
            System.setProperty("socksNonProxyHosts", "");
            try {
                assertThat(send("shop.example", target).status()).isEqualTo(200);
            } finally {
                System.clearProperty(prefix + "Host");
                System.clearProperty(prefix + "Port");
                System.clearProperty("http.nonProxyHosts");
                System.clearProperty("socksNonProxyHosts");
            }
            assertThat(target.requests()).hasSize(1);
            assertThat(proxy.connections()).isZero();
        }
    }

    @Test
    void anInterruptedCallClosesItsConnection() throws Exception {
        dns.answers("shop.example", "127.0.0.1");
        try (var target = RawTarget.start(RawTarget.Exchange::isSilent)) {
            var end = new AtomicReference<Throwable>();
            var calling =
                    Thread.startVirtualThread(
                            () -> {
                                try {
                                    send("shop.example", target);
                                } catch (Exception failure) {
                                    end.set(failure);
                                }
                            });
            await().until(() -> target.requests().size() == 1);

            calling.interrupt();

            calling.join();
            assertThat(end.get()).isInstanceOf(InterruptedException.class);
            await().until(() -> target.hungUp() == 1);
        }
    }

    @Test
    void aKeptConnectionIsKeptAsLongAsTheTargetSaysAtMost() throws Exception {
        dns.answers("shop.example", "127.0.0.1");
        try (var target =
                RawTarget.start(
                        exchange -> exchange.ok("Keep-Alive: timeout=1, max=9\r\n", new byte[0]))) {
            send("shop.example", target);
            send("shop.example", target);

            assertThat(target.connections()).isEqualTo(2);
        }
    }

    /**
     * Such a target closes it after the answer, which a call that uses it again would not survive.
     */
    @Test
    void aConnectionToATargetOfHttp10IsNotKept() throws Exception {
        dns.answers("shop.example", "127.0.0.1");
        try (var target =
                RawTarget.start(
                        exchange ->
                                exchange.says("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"))) {
            send("shop.example", target);
            send("shop.example", target);

            assertThat(target.connections()).isEqualTo(2);
        }
    }

    @Test
    void aHeadWithoutAnEndIsAFailure() {
        dns.answers("shop.example", "127.0.0.1");
        try (var target =
                RawTarget.start(
                        exchange -> {
                            exchange.says("HTTP/1.1 200 OK\r\n");
                            while (true) {
                                exchange.says("X: " + "x".repeat(1000) + "\r\n");
                            }
                        })) {
            assertThatThrownBy(() -> send("shop.example", target)).isInstanceOf(IOException.class);
        }
    }

    /** A pinned virtual thread takes a processor of all others with it. */
    @Test
    void callsDoNotPinTheirThreads() throws Exception {
        dns.answers("shop.example", "127.0.0.1");
        var pinned = new AtomicInteger();
        try (var target = RawTarget.start(RawTarget.Exchange::ok);
                var events = new RecordingStream()) {
            events.enable("jdk.VirtualThreadPinned")
                    .withThreshold(Duration.ofMillis(1))
                    .withStackTrace();
            events.onEvent(
                    "jdk.VirtualThreadPinned",
                    event -> {
                        if (String.valueOf(event.getStackTrace())
                                .contains("handler.http.HttpCalls")) {
                            pinned.incrementAndGet();
                        }
                    });
            events.startAsync();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                IntStream.range(0, 200)
                        .forEach(
                                call -> {
                                    var unused = threads.submit(() -> send("shop.example", target));
                                });
            }
            events.stop();
            assertThat(target.requests()).hasSize(200);
        }
        assertThat(pinned).hasValue(0);
    }

    private Answer send(String host, RawTarget target) throws IOException, InterruptedException {
        var to = CallTarget.of("http://%s:%d/".formatted(host, target.port()));
        return calls.send(new Call("default", to, "GET", Map.of(), null));
    }
}
