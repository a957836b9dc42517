package io.carillon.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The network between a client and the service, which a test cuts and mends. */
public final class Relay implements AutoCloseable {
    private final ServerSocket server;
    private final URI service;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean isCut;

    public Relay(URI service) throws IOException {
        this.service = service;
        this.server = new ServerSocket(0, 50, InetAddress.getByName("localhost"));
        threads.execute(this::accept);
    }

    /** Where clients find the service. */
    public URI address() {
        return URI.create("http://localhost:" + server.getLocalPort());
    }

    /** Ends all connections, and new ones at once. */
    public void cut() {
        isCut = true;
        open.forEach(Relay::end);
    }

    public void mend() {
        isCut = false;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var client = server.accept();
                threads.execute(() -> relay(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void relay(Socket client) {
        try (client;
                var target = new Socket(service.getHost(), service.getPort())) {
            open.add(client);
            open.add(target);
            if (!isCut) {
                threads.execute(() -> pass(target, client));
                pass(client, target);
            }
            open.remove(client);
            open.remove(target);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void pass(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException ended) {
            // One of the two has ended, or the test has cut them.
        } finally {
            end(from);
            end(to);
        }
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
        threads.close();
    }
}
