package io.carillon.database;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.jboss.logging.Logger;

/**
 * Chooses the port of the embedded PostgreSQL. A configured port is used or the start fails.
 * Otherwise it takes the port that its folder had before, 15432, or the next free one. A port other
 * than 15432 is kept in a file next to the folder, so that the address stays the same after a
 * restart.
 */
final class EmbeddedPort {
    static final String KEY = "carillon.embedded.port";
    static final int DEFAULT = 15432;

    private static final Logger LOG = Logger.getLogger(EmbeddedPort.class);
    private static final int TRIED = 200;
    private static final int CONNECT_MILLIS = 1000;

    private EmbeddedPort() {}

    /**
     * Returns a port on which nothing listens now.
     *
     * @throws IOException with a sentence for the user, if the configured port is taken
     */
    static int choose(Path directory, OptionalInt configured) throws IOException {
        if (configured.isPresent()) {
            int port = configured.getAsInt();
            if (isTaken(port)) {
                throw taken(port);
            }
            return port;
        }
        int wanted = kept(directory);
        if (!isTaken(wanted)) {
            return wanted;
        }
        int free = firstFreeAfter(wanted);
        Files.writeString(file(directory), free + "\n");
        LOG.infof(
                "port %d is taken, so the embedded PostgreSQL of %s listens on %d, and will again: %s",
                wanted, directory, free, file(directory));
        return free;
    }

    static IOException taken(int port) {
        return new IOException(KEY + " is " + port + ", and another program listens on that port");
    }

    private static int firstFreeAfter(int wanted) throws IOException {
        for (int port = wanted + 1; port <= Math.min(wanted + TRIED, 65_535); port++) {
            if (!isTaken(port)) {
                return port;
            }
        }
        try (var any = new ServerSocket(0)) {
            return any.getLocalPort();
        }
    }

    private static int kept(Path directory) throws IOException {
        var file = file(directory);
        if (!Files.exists(file)) {
            return DEFAULT;
        }
        try {
            int port = Integer.parseInt(Files.readString(file).strip());
            return port > 0 && port <= 65_535 ? port : DEFAULT;
        } catch (NumberFormatException malformed) {
            return DEFAULT;
        }
    }

    private static Path file(Path directory) {
        return directory.resolveSibling(directory.getFileName() + ".port");
    }

    /**
     * Whether the port is taken on any address of {@code localhost}. PostgreSQL starts if it gets
     * only one of them, and a client that uses another address would then reach a different
     * program.
     */
    private static boolean isTaken(int port) throws IOException {
        for (var address : InetAddress.getAllByName("localhost")) {
            if (answers(address, port) || !canListen(address, port)) {
                return true;
            }
        }
        return false;
    }

    /** Some systems let a program listen on one address while another listens on all. */
    private static boolean answers(InetAddress address, int port) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    private static boolean canListen(InetAddress address, int port) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(address, port));
            return true;
        } catch (java.net.BindException refused) {
            // Nothing listens on an address that this machine does not have: ::1 without IPv6.
            return refused.getMessage() != null
                    && refused.getMessage().startsWith("Cannot assign requested address");
        } catch (IOException refused) {
            return false;
        }
    }
}
