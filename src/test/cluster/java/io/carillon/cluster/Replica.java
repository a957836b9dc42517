package io.carillon.cluster;

import io.carillon.support.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** The packaged service as a process of its own. */
public final class Replica implements AutoCloseable {
    private static final Path APPLICATION = Path.of("target", "quarkus-app");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Process process;
    private final int port;
    private final Path log;

    private Replica(Process process, int port, Path log) {
        this.process = process;
        this.port = port;
        this.log = log;
    }

    /**
     * Starts one; it may not be ready yet.
     *
     * @param wrapper a command to run it under, such as faketime; empty for none
     */
    public static Replica start(
            TestPostgres postgres, Map<String, String> configuration, List<String> wrapper) {
        var all = new HashMap<>(configuration);
        all.put("QUARKUS_DATASOURCE_JDBC_URL", postgres.url());
        return start(all, wrapper);
    }

    /** Starts one on a database that is not a {@link TestPostgres}. */
    static Replica start(String url, Map<String, String> configuration) {
        var all = new HashMap<>(configuration);
        all.put("QUARKUS_DATASOURCE_JDBC_URL", url);
        return start(all, List.of());
    }

    /** Starts one that has no database configured. */
    public static Replica startEmbedded(Map<String, String> configuration) {
        return start(configuration, List.of());
    }

    private static Replica start(Map<String, String> configuration, List<String> wrapper) {
        try {
            int port = FreePort.find();
            var log = Files.createTempFile(Path.of("target"), "replica-", ".log");
            var command = new ArrayList<>(wrapper);
            command.addAll(
                    List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-Xmx512m",
                            "-XX:AOTCache=app.aot",
                            "-jar",
                            "quarkus-run.jar"));
            // There, because the cache is refused where the class path is written another way.
            var builder =
                    new ProcessBuilder(command)
                            .directory(APPLICATION.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile());
            builder.environment().put("QUARKUS_HTTP_PORT", Integer.toString(port));
            builder.environment().put("QUARKUS_HTTP_HOST", "localhost");
            builder.environment().put("CARILLON_SECURITY_ENABLED", "false");
            // What jobs of tests call is on this machine.
            builder.environment().put("CARILLON_OUTGOING_ALLOW_LOOPBACK", "true");
            builder.environment().putAll(configuration);
            return new Replica(builder.start(), port, log);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public static Replica start(TestPostgres postgres) {
        return start(postgres, Map.of(), List.of());
    }

    public Replica awaitReady() {
        Awaitility.await("replica ready, see " + log)
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(100))
                .until(this::isReady);
        return this;
    }

    public boolean isReady() {
        if (!process.isAlive()) {
            throw new IllegalStateException("the replica ended, see " + log);
        }
        try {
            var request =
                    HttpRequest.newBuilder(uri("/q/health/ready"))
                            .timeout(Duration.ofSeconds(5))
                            .build();
            return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    public URI uri(String path) {
        return URI.create("http://localhost:" + port + path);
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** What the service itself has written: a JVM also tells that it has no AOT cache. */
    String said() {
        return log().lines()
                .filter(line -> !line.contains("[aot"))
                .collect(Collectors.joining("\n"));
    }

    /** As {@code kill -9}: it has no chance to say good-bye. */
    public void kill() {
        // A wrapper such as faketime has the service as its child.
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        awaitEnd(Duration.ofSeconds(60));
    }

    /** As SIGSTOP, or a suspended machine: its connections stay open and nothing in it runs. */
    public void freeze() {
        signal("-STOP");
    }

    /** As SIGCONT: it goes on where it stood still, and knows nothing of it. */
    public void thaw() {
        signal("-CONT");
    }

    private void signal(String name) {
        try {
            int code =
                    new ProcessBuilder("kill", name, Long.toString(pid()))
                            .inheritIO()
                            .start()
                            .waitFor();
            if (code != 0) {
                throw new IllegalStateException("kill " + name + " ended with " + code);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** As SIGTERM: it drains. */
    public void stop() {
        stop(Duration.ofSeconds(60));
    }

    /** As SIGTERM; it must have ended within {@code patience}. */
    public void stop(Duration patience) {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        awaitEnd(patience);
    }

    /** Waits until it has ended by itself, and returns its exit code. */
    public int awaitEnd() {
        awaitEnd(Duration.ofSeconds(60));
        return process.exitValue();
    }

    private void awaitEnd(Duration patience) {
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("the replica did not end, see " + log);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }
}
