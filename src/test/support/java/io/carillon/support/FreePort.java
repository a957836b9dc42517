package io.carillon.support;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** A port for something that starts later. */
public final class FreePort {
    /**
     * Below those that systems give to whoever connects, or listens at no port of its choice:
     * nobody takes it meanwhile.
     */
    private static final int FIRST = 20_000;

    private static final int END = 32_000;

    private FreePort() {}

    public static int find() {
        for (int tries = 0; tries < END - FIRST; tries++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, END);
            try (var free = new ServerSocket(port)) {
                return free.getLocalPort();
            } catch (IOException taken) {
                // Another.
            }
        }
        throw new IllegalStateException("No free port from " + FIRST + " to " + END);
    }
}
