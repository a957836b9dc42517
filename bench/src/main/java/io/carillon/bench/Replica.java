package io.carillon.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A process under test. What it says on its standard error goes to a log file; lines on its
 * standard output are kept for {@link #reply}, if it is one that talks to the bench.
 */
final class Replica {
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final String name;
    private final Process process;
    private final Path log;
    private final BlockingQueue<String> replies = new LinkedBlockingQueue<>();

    Replica(String name, ProcessBuilder builder, Path log, boolean talks) {
        this.name = name;
        this.log = log;
        builder.redirectError(log.toFile());
        if (!talks) {
            builder.redirectErrorStream(true).redirectOutput(log.toFile());
        }
        try {
            this.process = builder.start();
        } catch (IOException failure) {
            throw new BenchFailure("The replica " + name + " did not start", failure);
        }
        if (talks) {
            Thread.ofPlatform().name(name + "-output").daemon().start(this::readReplies);
        }
    }

    String name() {
        return name;
    }

    void requireAlive() {
        if (!process.isAlive()) {
            throw new BenchFailure(
                    "The replica %s ended with code %d; its last words:%n%s"
                            .formatted(name, process.exitValue(), lastWords()));
        }
    }

    /** Says a line and waits for one. */
    String ask(String line, Duration limit) {
        var writer = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
        writer.println(line);
        return reply(limit);
    }

    /** The next line it has said or will say. */
    String reply(Duration limit) {
        try {
            long deadline = System.nanoTime() + limit.toNanos();
            while (System.nanoTime() < deadline) {
                var line = replies.poll(200, TimeUnit.MILLISECONDS);
                if (line != null) {
                    return line;
                }
                requireAlive();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        throw new BenchFailure("The replica " + name + " said nothing for " + limit + "; " + log);
    }

    /** Resident memory, as the system counts it. */
    long residentBytes() {
        try {
            var status = Path.of("/proc", Long.toString(process.pid()), "status");
            if (Files.exists(status)) {
                for (String line : Files.readAllLines(status)) {
                    if (line.startsWith("VmRSS:")) {
                        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                    }
                }
            }
            var ps = new ProcessBuilder("ps", "-o", "rss=", "-p", Long.toString(process.pid()));
            try (var output = ps.start().inputReader()) {
                return Long.parseLong(output.readLine().strip()) * 1024;
            }
        } catch (IOException | RuntimeException failure) {
            throw new BenchFailure("The memory of " + name + " cannot be read", failure);
        }
    }

    /** Of all its threads since its start. */
    Duration processorTime() {
        return process.info()
                .totalCpuDuration()
                .orElseThrow(
                        () -> new BenchFailure("The processor time of " + name + " is unknown"));
    }

    void stop() {
        process.destroy();
        try {
            if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void readReplies() {
        try (var output =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (var line = output.readLine(); line != null; line = output.readLine()) {
                replies.add(line);
            }
        } catch (IOException | UncheckedIOException closed) {
            // The process has ended; who waits for a reply finds out.
        }
    }

    private String lastWords() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
        } catch (IOException failure) {
            return log + ": " + failure.getMessage();
        }
    }
}
