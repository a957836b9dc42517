package io.carillon.handler.http;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.aCallOf;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.RawTarget;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What targets do that HTTP clients get wrong, each against a socket that counts requests. */
@QuarkusTest
class HttpCasesTest {

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST"})
    void aTargetThatClosesWithoutAnAnswerGetsOneRequestPerAttempt(String method) {
        try (var target = RawTarget.start(RawTarget.Exchange::close)) {
            var execution = run(call(target, "/", method), 3);

            assertThat(execution.at("/error/code").textValue()).isEqualTo("HTTP_IO");
            assertThat(execution.get("attempt").asInt()).isEqualTo(3);
            assertThat(target.requests()).hasSize(3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST"})
    void andOneWhereAtMostOneMayLeave(String method) {
        try (var target = RawTarget.start(RawTarget.Exchange::close)) {
            var execution = run(call(target, "/", method).put("delivery", "AT_MOST_ONCE"), 3);

            assertThat(execution.at("/error/code").textValue()).isEqualTo("HTTP_IO");
            assertThat(target.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST"})
    void alsoOverAKeptConnection(String method) {
        try (var target =
                RawTarget.start(
                        exchange -> {
                            if (exchange.number() == 1) {
                                exchange.ok();
                            } else {
                                exchange.close();
                            }
                        })) {
            run(call(target, "/", method), 1);

            var execution = run(call(target, "/", method).put("delivery", "AT_MOST_ONCE"), 3);

            assertThat(execution.at("/error/code").textValue()).isEqualTo("HTTP_IO");
            assertThat(target.requests())
                    .extracting(RawTarget.Request::connection)
                    .containsExactly(1, 1);
        }
    }

    @Test
    void aKeptConnectionThatTheTargetHasClosedIsNotUsedAgain() {
        try (var target =
                RawTarget.start(
                        exchange -> {
                            exchange.ok();
                            exchange.close();
                        })) {
            for (int call = 1; call <= 5; call++) {
                var execution = run(call(target, "/", "POST").put("delivery", "AT_MOST_ONCE"), 1);

                assertThat(execution.get("state").textValue()).isEqualTo("SUCCEEDED");
                int ends = call;
                await().until(() -> target.ended() == ends);
            }
            assertThat(target.requests()).hasSize(5);
        }
    }

    @Test
    void aConnectionOnWhichSomethingCameUnaskedIsNotUsedAgain() {
        try (var target =
                RawTarget.start(
                        exchange -> {
                            exchange.ok("", "answer".getBytes(StandardCharsets.UTF_8));
                            exchange.says("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfalse");
                        })) {
            for (int call = 1; call <= 3; call++) {
                assertThat(run(call(target, "/", "GET"), 1).at("/result/body").textValue())
                        .isEqualTo("answer");
            }
            assertThat(target.connections()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: chunked\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Content-Length: 5\r\n\r\n"
            })
    void noContentIsASuccessHoweverItIsFramed(String rest) {
        try (var target =
                RawTarget.start(exchange -> exchange.says("HTTP/1.1 204 No Content\r\n" + rest))) {
            for (int call = 1; call <= 2; call++) {
                var execution = run(call(target, "/", "POST"), 3);

                assertThat(execution.get("state").textValue()).isEqualTo("SUCCEEDED");
                assertThat(execution.at("/result/status").asInt()).isEqualTo(204);
                assertThat(target.requests()).hasSize(call);
            }
            assertThat(target.connections()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, ''",
        "HEAD, ''",
        "DELETE, ''",
        "POST, 0",
        "PUT, 0",
        "PATCH, 0",
    })
    void aRequestWithoutABodyHasALengthOnlyWhereOneIsExpected(String method, String length) {
        try (var target = RawTarget.start(RawTarget.Exchange::ok)) {
            run(call(target, "/", method), 1);

            var request = target.requests().getFirst();
            assertThat(request.header("Content-Length").replaceAll(".*: *", "")).isEqualTo(length);
            assertThat(request.header("Transfer-Encoding")).isEmpty();
        }
    }

    @Test
    void aHeaderIsSentLetterByLetter() {
        try (var target = RawTarget.start(RawTarget.Exchange::ok)) {
            var call = call(target, "/", "GET");
            config(call).putObject("headers").put("X-City", "São Paulo");

            run(call, 1);

            assertThat(target.requests().getFirst().header("X-City"))
                    .isEqualTo("X-City: São Paulo");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Łódź", "\u0080", "\u009f"})
    void aHeaderThatCannotBeSentSoIsRefused(String value) {
        var call = aCallOf("http://127.0.0.1/");
        config(call).putObject("headers").put("X-City", value);

        var problem = tree(body(call).post(EXECUTIONS), 400);

        assertThat(problem.at("/violations/0/field").textValue()).isEqualTo("config.headers");
    }

    @Test
    void aPathIsSentAsItIsWritten() {
        try (var target = RawTarget.start(RawTarget.Exchange::ok)) {
            run(call(target, "/cafe\u0301/a%2Fb?q=a+b%26&e=#top", "GET"), 1);
            run(call(target, "//a/../b;c=%c3%a9?", "GET"), 1);

            assertThat(target.requests())
                    .extracting(request -> request.head().lines().findFirst().orElse(""))
                    .containsExactly(
                            "GET /cafe%CC%81/a%2Fb?q=a+b%26&e= HTTP/1.1",
                            "GET //a/../b;c=%c3%a9? HTTP/1.1");
        }
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, localhost", "::1, [::1]"})
    void aNameAndAnIpv6AddressAreReached(String listening, String host) {
        try (var target = RawTarget.startAt(listening, RawTarget.Exchange::ok)) {
            var call = aCallOf("http://%s:%d/".formatted(host, target.port()));

            assertThat(run(call, 1).get("state").textValue()).isEqualTo("SUCCEEDED");
            assertThat(target.requests().getFirst().header("Host"))
                    .isEqualTo("Host: %s:%d".formatted(host, target.port()));
        }
    }

    @Test
    void aHostMayHaveAnUnderscore() {
        var execution = run(aCallOf("http://no_such_shop.invalid:8080/"), 1);

        assertThat(execution.at("/error/message").textValue())
                .isEqualTo("could not resolve the host of no_such_shop.invalid:8080");
    }

    @Test
    void silenceAfterAHeadEndsAtTheTimeoutAndClosesTheConnection() {
        try (var target =
                RawTarget.start(
                        exchange -> {
                            exchange.says("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
                            exchange.isSilent();
                        })) {
            var execution = run(call(target, "/", "GET").put("timeout", "300ms"), 1);

            assertThat(execution.at("/error/code").textValue()).isEqualTo("TIMEOUT");
            await().until(() -> target.hungUp() == 1);
        }
    }

    @Test
    void anAnswerThatNeverEndsIsEndedByTheTimeout() {
        try (var target =
                RawTarget.start(
                        exchange -> {
                            exchange.says("HTTP/1.1 200 OK\r\n\r\n");
                            exchange.drips(100);
                        })) {
            var execution = run(call(target, "/", "GET").put("timeout", "500ms"), 1);

            assertThat(execution.at("/error/code").textValue()).isEqualTo("TIMEOUT");
            await().until(() -> target.hungUp() == 1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 10\r\n\r\nshort",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n",
                "Transfer-Encoding: chunked\r\n\r\n10\r\nshort"
            })
    void aShortBodyIsAFailure(String rest) {
        try (var target =
                RawTarget.start(
                        exchange -> {
                            exchange.says("HTTP/1.1 200 OK\r\n" + rest);
                            exchange.close();
                        })) {
            var error = run(call(target, "/", "GET"), 1).get("error");

            assertThat(error.get("code").textValue()).isEqualTo("HTTP_IO");
            assertThat(error.get("message").textValue())
                    .isEqualTo("127.0.0.1:%d ended its answer too early".formatted(target.port()));
        }
    }

    /** The kernel says which timer a connection has: 02 is that of keep-alive. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aSilentConnectionIsProbed() {
        var timers = new java.util.concurrent.CopyOnWriteArrayList<String>();
        try (var target =
                RawTarget.start(
                        exchange -> {
                            timers.add(timerOf(exchange.port(), exchange.targetPort()));
                            exchange.ok();
                        })) {
            run(call(target, "/", "GET"), 1);

            assertThat(timers).singleElement().asString().startsWith("02:");
            // In hundredths of a second, as the kernel counts for users.
            assertThat(Integer.parseInt(timers.getFirst().substring(3), 16)).isBetween(1, 6000);
        }
    }

    @Test
    void whatFailsIsToldApartWithHostAndPort() throws IOException {
        try (var resetting = RawTarget.start(RawTarget.Exchange::reset);
                var closing = RawTarget.start(RawTarget.Exchange::close);
                var plain = new PlainServer()) {
            assertThat(failure("http://nowhere.invalid:81/"))
                    .isEqualTo("HTTP_CONNECT could not resolve the host of nowhere.invalid:81");
            assertThat(failure(io.carillon.support.HttpTarget.refusingUrl()))
                    .matches("HTTP_CONNECT connection refused by 127\\.0\\.0\\.1:\\d+");
            assertThat(failure("https://127.0.0.1:%d/".formatted(plain.port())))
                    .startsWith("HTTP_TLS TLS with 127.0.0.1:%d failed: ".formatted(plain.port()));
            assertThat(failure(resetting.url("/")))
                    .isEqualTo("HTTP_IO connection reset by 127.0.0.1:" + resetting.port());
            assertThat(failure(closing.url("/")))
                    .isEqualTo(
                            "HTTP_IO 127.0.0.1:%d closed the connection without an answer"
                                    .formatted(closing.port()));
        }
    }

    private static String failure(String url) {
        var error = run(aCallOf(url), 1).get("error");
        return error.get("code").textValue() + " " + error.get("message").textValue();
    }

    /** Talks plainly to whoever comes, and so not TLS. */
    private record PlainServer(ServerSocket server) implements AutoCloseable {
        PlainServer() throws IOException {
            this(new ServerSocket(0, 10, java.net.InetAddress.getLoopbackAddress()));
            Thread.startVirtualThread(
                    () -> {
                        try {
                            while (true) {
                                var socket = server.accept();
                                socket.getOutputStream()
                                        .write("220 mail\r\n".getBytes(StandardCharsets.US_ASCII));
                            }
                        } catch (IOException stopped) {
                            // It is closed.
                        }
                    });
        }

        int port() {
            return server.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    /** Of the connection between the two: another may have the same port at one end. */
    private static String timerOf(int port, int targetPort) throws IOException {
        String local = String.format(Locale.ROOT, ":%04X", port);
        String remote = String.format(Locale.ROOT, ":%04X", targetPort);
        try (var four = Files.lines(Path.of("/proc/net/tcp"));
                var six = Files.lines(Path.of("/proc/net/tcp6"))) {
            return Stream.concat(four, six)
                    .map(line -> line.strip().split("\\s+"))
                    .filter(
                            fields ->
                                    fields.length > 5
                                            && fields[1].endsWith(local)
                                            && fields[2].endsWith(remote))
                    .map(fields -> fields[5])
                    .findFirst()
                    .orElse("no such connection");
        }
    }

    private static ObjectNode call(RawTarget target, String path, String method) {
        var call = aCallOf(target.url(path));
        config(call).put("method", method);
        return call;
    }

    private static ObjectNode config(ObjectNode submission) {
        return (ObjectNode) submission.get("config");
    }

    private static JsonNode run(ObjectNode submission, int attempts) {
        submission.set("retry", json("{\"maxAttempts\": " + attempts + ", \"delay\": \"1ms\"}"));
        return ended(submittedId(submission));
    }
}
