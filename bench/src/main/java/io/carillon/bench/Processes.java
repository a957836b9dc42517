package io.carillon.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;

/** The processes of this run. All are stopped at its end, however it comes. */
final class Processes implements AutoCloseable {
    /** The same for every system. */
    static final String HEAP = "-Xmx512m";

    private static final String EXTRA_OPTIONS = "BENCH_JAVA_OPTIONS";

    private final Path logs;
    private final List<Replica> running = new CopyOnWriteArrayList<>();
    private int started;

    Processes(Path logs) {
        this.logs = logs;
    }

    /** Starts a Java process of {@code arguments} after the options every one has. */
    Replica java(
            String name, List<String> arguments, Map<String, String> environment, boolean talks) {
        var command = new java.util.ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add(HEAP);
        command.add("--enable-native-access=ALL-UNNAMED");
        String extra = System.getenv().getOrDefault(EXTRA_OPTIONS, "");
        if (!extra.isBlank()) {
            command.addAll(List.of(extra.strip().split("\\s+")));
        }
        command.addAll(arguments);
        var builder = new ProcessBuilder(command).directory(logs.toFile());
        builder.environment().putAll(environment);
        var replica =
                new Replica(
                        name,
                        builder,
                        logs.resolve("%03d-%s.log".formatted(++started, name)),
                        talks);
        running.add(replica);
        return replica;
    }

    void stop(List<Replica> replicas) {
        try (var stopping = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
            replicas.forEach(replica -> stopping.execute(replica::stop));
        }
        running.removeAll(replicas);
    }

    /** Below those that systems give to whoever connects: nobody takes it meanwhile. */
    static int freePort() {
        for (int tries = 0; tries < 1000; tries++) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                // Another.
            }
        }
        throw new BenchFailure("No free port");
    }

    @Override
    public void close() {
        stop(List.copyOf(running));
    }
}
