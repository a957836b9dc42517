package io.carillon.support;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * A socket for jobs of type http to call, which writes, byte for byte, what a test says. It counts
 * requests and connections, and keeps what came as it came.
 */
public final class RawTarget implements AutoCloseable {
    private static final Pattern CONTENT_LENGTH =
            Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");

    private final ServerSocket server;
    private final Script script;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger hungUp = new AtomicInteger();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    /** Answers a request, or does something else with its connection. */
    @FunctionalInterface
    public interface Script {
        void answer(Exchange exchange) throws IOException, InterruptedException;
    }

    /**
     * A request as it came.
     *
     * @param connection counted from 1
     * @param head request line and headers, in ISO 8859-1
     */
    public record Request(int connection, String head, String body) {
        /** The header's line, without its end; empty if there is none. */
        public String header(String name) {
            return head.lines()
                    .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .findFirst()
                    .orElse("");
        }
    }

    /** One request and its connection. */
    public final class Exchange {
        private final Socket socket;
        private final int number;

        private Exchange(Socket socket, int number) {
            this.socket = socket;
            this.number = number;
        }

        /** Which request of the target this is, from 1. */
        public int number() {
            return number;
        }

        /** The port of this target. */
        public int targetPort() {
            return RawTarget.this.port();
        }

        /** The caller's port. */
        public int port() {
            return socket.getPort();
        }

        public void says(String latin1) throws IOException {
            says(latin1.getBytes(StandardCharsets.ISO_8859_1));
        }

        public void says(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        }

        /** Answers 200 with a body, and these lines of headers, each with its end. */
        public void ok(String headers, byte[] body) throws IOException {
            says("HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n".formatted(headers, body.length));
            says(body);
        }

        public void ok() throws IOException {
            ok("", new byte[0]);
        }

        public void close() throws IOException {
            socket.close();
            ended.incrementAndGet();
        }

        /** Closes with RST, as a process that dies does. */
        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Says nothing until the caller hangs up. */
        public void isSilent() throws IOException {
            if (socket.getInputStream().read() < 0) {
                hungUp.incrementAndGet();
            }
        }

        /** Says a byte each so many milliseconds until the caller hangs up. */
        public void drips(int millis) throws InterruptedException {
            try {
                while (!closed.await(millis, java.util.concurrent.TimeUnit.MILLISECONDS)) {
                    says(".");
                }
            } catch (IOException brokenPipe) {
                hungUp.incrementAndGet();
            }
        }
    }

    private RawTarget(InetAddress address, int port, Script script) {
        this.script = script;
        try {
            server = new ServerSocket(port, 1000, address);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        threads.execute(this::accept);
    }

    /** Starts one at 127.0.0.1. */
    public static RawTarget start(Script script) {
        return startAt("127.0.0.1", script);
    }

    /** Starts one at an address. */
    public static RawTarget startAt(String address, Script script) {
        return startAt(address, 0, script);
    }

    public static RawTarget startAt(String address, int port, Script script) {
        return new RawTarget(InetAddress.ofLiteral(address), port, script);
    }

    public int port() {
        return server.getLocalPort();
    }

    public String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }

    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /** How many exchanges have closed their connection. */
    public int ended() {
        return ended.get();
    }

    public int connections() {
        return connections.get();
    }

    /** How many callers have hung up while they waited. */
    public int hungUp() {
        return hungUp.get();
    }

    private void accept() {
        try {
            while (true) {
                var socket = server.accept();
                int connection = connections.incrementAndGet();
                threads.execute(() -> serve(socket, connection));
            }
        } catch (IOException stopped) {
            // It is closed.
        }
    }

    private void serve(Socket socket, int connection) {
        try (socket) {
            while (!socket.isClosed()) {
                String head = head(socket);
                if (head.isEmpty()) {
                    return;
                }
                var length = CONTENT_LENGTH.matcher(head);
                byte[] body =
                        socket.getInputStream()
                                .readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
                int number;
                synchronized (requests) {
                    requests.add(
                            new Request(
                                    connection, head, new String(body, StandardCharsets.UTF_8)));
                    number = requests.size();
                }
                script.answer(new Exchange(socket, number));
            }
        } catch (IOException hungUp) {
            // The caller's right.
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Up to the empty line; nothing if the caller hangs up before. */
    private static String head(Socket socket) throws IOException {
        var head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                return "";
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            server.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        threads.shutdownNow();
    }
}
