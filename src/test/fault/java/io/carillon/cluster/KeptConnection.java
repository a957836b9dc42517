package io.carillon.cluster;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One connection that speaks HTTP/1.1 by hand: a client library would repeat a request whose
 * connection was closed under it, and so hide what a rolling update must not do.
 */
final class KeptConnection implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;

    private final Socket socket;
    private final InputStream in;
    private boolean isOpen = true;

    record Answer(int status, String body) {}

    KeptConnection(URI server) throws IOException {
        socket = new Socket();
        socket.connect(new InetSocketAddress(server.getHost(), server.getPort()), TIMEOUT_MILLIS);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** Whether the server has not said that it closes this connection. */
    boolean isOpen() {
        return isOpen;
    }

    Answer send(String method, String path, String body) throws IOException {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        String head =
                "%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                        .formatted(method, path, content.length);
        var out = socket.getOutputStream();
        out.write((head + body).getBytes(StandardCharsets.UTF_8));
        out.flush();
        int status = Integer.parseInt(line().split(" ")[1]);
        int length = 0;
        for (String header = line(); !header.isEmpty(); header = line()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(lower.substring(lower.indexOf(':') + 1).strip());
            } else if (lower.equals("connection: close")) {
                isOpen = false;
            } else if (lower.startsWith("transfer-encoding:")) {
                throw new IOException("not read here: " + header);
            }
        }
        byte[] answer = in.readNBytes(length);
        if (answer.length < length) {
            throw new EOFException("closed in the middle of an answer");
        }
        return new Answer(status, new String(answer, StandardCharsets.UTF_8));
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("closed without an answer");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
