package io.carillon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class HealthTest {
    @Test
    void itAsksOnThePortThatIsShipped() throws Exception {
        assertThat(Files.readString(Path.of("src/main/resources/application.properties")))
                .contains("\nquarkus.http.port=" + Health.DEFAULT_PORT + "\n");
    }

    @Test
    void itReadsStatusAndBody() throws Exception {
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/path",
                exchange -> {
                    var body = "{\"status\":\n \"DOWN\"}".getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(503, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
        try {
            assertThat(Health.get(server.getAddress().getPort(), "/path", 10_000))
                    .isEqualTo(new Health.Answer(503, "{\"status\":\n \"DOWN\"}"));
        } finally {
            server.stop(0);
        }
    }

    @Test
    void whatIsNotHttpIsNoAnswer() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual()
                    .start(
                            () -> {
                                try (var socket = server.accept()) {
                                    socket.getInputStream().read();
                                    socket.getOutputStream()
                                            .write(
                                                    "SSH-2.0\r\n\r\n"
                                                            .getBytes(StandardCharsets.US_ASCII));
                                } catch (IOException closed) {
                                    // The test has ended.
                                }
                            });

            assertThatThrownBy(() -> Health.get(server.getLocalPort(), "/", 10_000))
                    .isInstanceOf(IOException.class);
        }
    }
}
