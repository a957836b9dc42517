package io.carillon.support;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server that speaks in lines as a test says: SMTP with one reply of its own, or nothing. */
public final class LineServer implements AutoCloseable {
    private final ServerSocket server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @FunctionalInterface
    private interface Talk {
        void with(Socket socket) throws IOException;
    }

    private LineServer(int port, Talk talk) {
        try {
            server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        threads.execute(() -> accept(talk));
    }

    /**
     * Speaks SMTP and takes whatever comes, but for one command.
     *
     * @param reply to that command; empty to hang up
     */
    public static LineServer smtp(int port, String command, String reply) {
        return new LineServer(port, socket -> speakSmtp(socket, command, reply));
    }

    /** Accepts connections, and says nothing. */
    public static LineServer silent(int port) {
        return new LineServer(port, socket -> socket.getInputStream().readAllBytes());
    }

    private void accept(Talk talk) {
        while (!server.isClosed()) {
            try {
                var socket = server.accept();
                threads.execute(() -> talk(socket, talk));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private static void talk(Socket socket, Talk talk) {
        try (socket) {
            talk.with(socket);
        } catch (IOException hungUp) {
            // Nobody listens any more.
        }
    }

    private static void speakSmtp(Socket socket, String command, String reply) throws IOException {
        var lines =
                new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        say(socket, "220 here");
        boolean isContent = false;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (isContent && !line.equals(".")) {
                continue;
            }
            isContent = line.equals("DATA") && !command.equals("DATA");
            if (line.startsWith(command) && reply.isEmpty()) {
                return;
            }
            say(
                    socket,
                    line.startsWith(command)
                            ? reply
                            : line.equals("DATA") ? "354 go on" : "250 fine");
        }
    }

    private static void say(Socket socket, String line) throws IOException {
        socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** Waits until its threads have ended: only then may the next have the port. */
    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } finally {
            threads.shutdownNow();
            threads.close();
        }
    }
}
