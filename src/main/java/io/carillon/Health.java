package io.carillon;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Asks the replica on this machine whether it is ready, for containers that have neither a shell
 * nor curl: {@code carillon --health}. Uses the JDK alone, so on a JVM it can be started by itself,
 * many times faster than the service.
 */
public final class Health {
    private static final String READY = "/q/health/ready";
    private static final String PORT_VARIABLE = "QUARKUS_HTTP_PORT";
    private static final String ROOT_VARIABLE = "QUARKUS_HTTP_ROOT_PATH";
    static final int DEFAULT_PORT = 8080;
    private static final int TIMEOUT_MILLIS = 2000;
    private static final int LONGEST_ANSWER = 64 * 1024;
    private static final Pattern ANSWER =
            Pattern.compile("HTTP/1\\.[01] (\\d{3}).*?\r\n\r\n(.*)", Pattern.DOTALL);

    record Answer(int status, String body) {}

    private Health() {}

    /** Prints one line and exits with 0 if the replica is ready, with 1 if not. */
    public static void main(String... arguments) {
        System.exit(check(System.getenv(PORT_VARIABLE), System.getenv(ROOT_VARIABLE)));
    }

    private static int check(@Nullable String configuredPort, @Nullable String root) {
        try {
            int port = configuredPort == null ? DEFAULT_PORT : Integer.parseInt(configuredPort);
            var answer =
                    get(
                            port,
                            (root == null ? "" : root.replaceFirst("/+$", "")) + READY,
                            TIMEOUT_MILLIS);
            System.out.println(
                    "%d on port %d: %s"
                            .formatted(
                                    answer.status,
                                    port,
                                    answer.body.replaceAll("\\s+", " ").strip()));
            return answer.status == 200 ? 0 : 1;
        } catch (NumberFormatException malformed) {
            System.out.println(PORT_VARIABLE + " is not a port: " + configuredPort);
        } catch (IOException failure) {
            System.out.println("no answer: " + failure.getMessage());
        }
        return 1;
    }

    /** A request to a replica on this machine. */
    static Answer get(int port, String path, int timeoutMillis) throws IOException {
        try (var socket = new Socket()) {
            socket.setSoTimeout(timeoutMillis);
            socket.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port), timeoutMillis);
            var request = "GET " + path + " HTTP/1.0\r\nHost: localhost\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            var bytes = socket.getInputStream().readNBytes(LONGEST_ANSWER);
            var answer = ANSWER.matcher(new String(bytes, StandardCharsets.UTF_8));
            if (!answer.matches()) {
                throw new IOException("the answer on port " + port + " is not HTTP");
            }
            return new Answer(Integer.parseInt(answer.group(1)), answer.group(2));
        }
    }
}
