package io.carillon.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;

/** The network between one replica and PostgreSQL. */
final class Proxy implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final Duration DELAY = Duration.ofMillis(100);

    /** What becomes of bytes. */
    enum Mode {
        PASS,
        /** Connections are closed. */
        CUT,
        /** Bytes wait until the mode changes, and then arrive. */
        HOLD,
        /** Bytes are lost; a connection that was there then stays silent for ever. */
        SWALLOW,
        SLOW
    }

    private final ServerSocket listener;
    private final IntSupplier upstreamPort;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private volatile Mode mode = Mode.PASS;

    /**
     * @param upstreamPort where PostgreSQL is now
     */
    Proxy(IntSupplier upstreamPort) {
        this.upstreamPort = upstreamPort;
        try {
            listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException failure) {
            throw new ChaosFailure("No port for a proxy", failure);
        }
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    void become(Mode newMode) {
        mode = newMode;
        switch (newMode) {
            case CUT -> links.forEach(Link::close);
            case SWALLOW -> links.forEach(link -> link.isLost = true);
            // PostgreSQL's keepalive has found out; the replica's side hears nothing of it.
            case PASS -> links.stream().filter(link -> link.isLost).forEach(Link::forget);
            case HOLD, SLOW -> {}
        }
    }

    @Override
    public void close() {
        closeQuietly(listener);
        links.forEach(Link::close);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                var client = listener.accept();
                if (mode == Mode.CUT) {
                    client.close();
                } else {
                    Thread.ofVirtual().start(() -> connect(client));
                }
            } catch (IOException closed) {
                // Either the client's end or ours.
            }
        }
    }

    private void connect(Socket client) {
        try {
            var server = new Socket(InetAddress.getLoopbackAddress(), upstreamPort.getAsInt());
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            var link = new Link(client, server);
            link.isLost = mode == Mode.SWALLOW;
            links.add(link);
            Thread.ofVirtual().start(() -> link.pump(client, server));
            link.pump(server, client);
        } catch (IOException refused) {
            closeQuietly(client);
        }
    }

    private static void closeQuietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception closed) {
            // It is closed.
        }
    }

    private final class Link {
        private final Socket client;
        private final Socket server;
        private volatile boolean isLost;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void pump(Socket from, Socket to) {
            var buffer = new byte[16_384];
            try {
                var input = from.getInputStream();
                var output = to.getOutputStream();
                for (int count = input.read(buffer); count >= 0; count = input.read(buffer)) {
                    if (mode == Mode.SLOW) {
                        Await.pause(DELAY);
                    }
                    while (mode == Mode.HOLD) {
                        Await.pause(LOOK);
                    }
                    if (!isLost) {
                        output.write(buffer, 0, count);
                    }
                }
            } catch (IOException ended) {
                // By one of both sides, or by us.
            }
            while (mode == Mode.HOLD) {
                Await.pause(LOOK);
            }
            if (!isLost || from == client) {
                close();
            }
        }

        void forget() {
            closeQuietly(server);
        }

        void close() {
            links.remove(this);
            closeQuietly(client);
            closeQuietly(server);
        }
    }
}
