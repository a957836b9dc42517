package io.carillon.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A replica and who keeps it running: its processes one after the other, on the same port, behind
 * the same proxy, with one log. A process that ends by itself is noted and started again.
 */
final class Replica implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration CHECK_TIMEOUT = Duration.ofSeconds(3);
    private static final HttpClient HTTP =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(1))
                    .build();

    private final String name;
    private final Path application;
    private final Path log;
    private final Proxy proxy;
    private final int port = freePort();
    private @Nullable Process process;
    private List<String> wrapper = List.of();
    private int ended;

    /**
     * @param application the folder of the packaged Carillon
     * @param logs the folder of its log
     */
    Replica(String name, Path application, Path logs, Proxy proxy) {
        this.name = name;
        this.application = application;
        this.log = logs.resolve(name + ".log");
        this.proxy = proxy;
        Thread.ofVirtual().start(this::keepRunning);
    }

    String name() {
        return name;
    }

    Proxy proxy() {
        return proxy;
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** How many of its processes ended by themselves. */
    synchronized int ended() {
        return ended;
    }

    /** Starts a process with the right clock. */
    void start() {
        start(List.of());
    }

    /**
     * Starts a process.
     *
     * @param newWrapper the command to run it under; empty: none
     */
    synchronized void start(List<String> newWrapper) {
        wrapper = newWrapper;
        var command = new ArrayList<>(wrapper);
        command.addAll(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx384m",
                        "-XX:AOTCache=app.aot",
                        "-jar",
                        "quarkus-run.jar"));
        // There, because the cache is refused where the class path is written another way.
        var builder =
                new ProcessBuilder(command)
                        .directory(application.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        var environment = builder.environment();
        environment.put(
                "QUARKUS_DATASOURCE_JDBC_URL",
                "jdbc:postgresql://127.0.0.1:%d/carillon".formatted(proxy.port()));
        environment.put("QUARKUS_DATASOURCE_USERNAME", PostgresServer.SERVICE);
        environment.put("QUARKUS_HTTP_HOST", "127.0.0.1");
        environment.put("QUARKUS_HTTP_PORT", Integer.toString(port));
        environment.put("CARILLON_SECURITY_ENABLED", "false");
        // What jobs call is on this machine.
        environment.put("CARILLON_OUTGOING_ALLOW_LOOPBACK", "true");
        try {
            process = builder.start();
        } catch (IOException failure) {
            throw new ChaosFailure(name + " did not start", failure);
        }
    }

    synchronized void kill() {
        processes().forEach(ProcessHandle::destroyForcibly);
        awaitEnd();
    }

    /** As SIGTERM; it is killed if it has not ended after a minute. */
    synchronized void stop() {
        processes().forEach(ProcessHandle::destroy);
        awaitEnd();
    }

    void freeze() {
        signal("STOP");
    }

    void thaw() {
        signal("CONT");
    }

    boolean isReady() {
        var request = HttpRequest.newBuilder(uri("/q/health/ready")).timeout(CHECK_TIMEOUT).build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new ChaosFailure("interrupted");
        }
    }

    /** Lines of the log that say ERROR. */
    List<String> errors() {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.contains(" ERROR ")).toList();
        } catch (IOException | UncheckedIOException failure) {
            throw new ChaosFailure("The log of " + name + " cannot be read", failure);
        }
    }

    @Override
    public synchronized void close() {
        kill();
        proxy.close();
    }

    private void keepRunning() {
        while (true) {
            Await.pause(LOOK);
            synchronized (this) {
                if (process != null && !process.isAlive()) {
                    ended++;
                    System.out.printf(
                            "chaos: %s ended by itself with code %d, see %s%n",
                            name, process.exitValue(), log);
                    start(wrapper);
                }
            }
        }
    }

    private synchronized void signal(String signal) {
        processes().forEach(each -> Signals.send(signal, each.pid()));
    }

    /** A wrapper has the service as its child. */
    private Stream<ProcessHandle> processes() {
        return process == null
                ? Stream.empty()
                : Stream.concat(process.descendants(), Stream.of(process.toHandle()));
    }

    private void awaitEnd() {
        var ending = process;
        if (ending == null) {
            return;
        }
        try {
            if (!ending.waitFor(DRAIN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                System.out.printf("chaos: %s did not end within %s%n", name, DRAIN_TIMEOUT);
                processes().forEach(ProcessHandle::destroyForcibly);
                ending.waitFor();
            }
            process = null;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new ChaosFailure("interrupted");
        }
    }

    /** Below those that systems give to whoever connects: nobody takes it meanwhile. */
    private static int freePort() {
        for (int tries = 0; tries < 1000; tries++) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                // Another.
            }
        }
        throw new ChaosFailure("No free port");
    }
}
