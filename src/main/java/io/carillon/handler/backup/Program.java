package io.carillon.handler.backup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * A running program of PostgreSQL. Pipes are read and written by threads of their own, so that the
 * caller can be interrupted; {@link #close} ends the program.
 */
final class Program implements AutoCloseable {
    /** pg_dump is told to end, so that it can cancel its statement. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private static final int MAX_SAID = 4096;
    private static final int BUFFER = 1 << 16;

    /** Nothing else of ours is its business: our variables have passwords. */
    private static final Set<String> INHERITED = Set.of("PATH", "HOME", "TMPDIR");

    private final Process process;
    private final FutureTask<String> said;

    private Program(Process process) {
        this.process = process;
        this.said = new FutureTask<>(() -> firstOf(process.getErrorStream()));
        var unused = start(said);
    }

    static Program start(Path program, Map<String, String> environment, String... arguments)
            throws IOException {
        var command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command);
        builder.environment().keySet().retainAll(INHERITED);
        builder.environment().put("LC_ALL", "C");
        builder.environment().putAll(environment);
        return new Program(builder.start());
    }

    /** A platform thread: reading a pipe would hold the carrier of a virtual one. */
    private static Thread start(Runnable work) {
        return Thread.ofPlatform().daemon().name("pg-program").start(work);
    }

    /** Reads all, and keeps its beginning. */
    private static String firstOf(InputStream in) throws IOException {
        try (in) {
            String first = new String(in.readNBytes(MAX_SAID), StandardCharsets.UTF_8);
            in.transferTo(OutputStream.nullOutputStream());
            return first.strip();
        }
    }

    /** Copies what it writes until it ends. */
    void copyTo(OutputStream out) throws IOException, InterruptedException {
        process.getOutputStream().close();
        await(() -> process.getInputStream().transferTo(out));
    }

    /** Gives it all of a stream, unless it ends before. */
    void feed(InputStream in) throws IOException, InterruptedException {
        await(
                () -> {
                    byte[] buffer = new byte[BUFFER];
                    try (var to = process.getOutputStream()) {
                        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                            if (!isTaken(to, buffer, read)) {
                                break;
                            }
                        }
                    }
                    return true;
                });
    }

    /** A pipe that nobody reads any longer is no failure of what is written into it. */
    private static boolean isTaken(OutputStream to, byte[] buffer, int length) {
        try {
            to.write(buffer, 0, length);
            to.flush();
            return true;
        } catch (IOException nobodyReads) {
            return false;
        }
    }

    private <T> void await(Callable<T> transfer) throws IOException, InterruptedException {
        var task = new FutureTask<>(transfer);
        var thread = start(task);
        try {
            var unused = task.get();
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof IOException known
                    ? known
                    : new IOException(failure.getCause());
        } catch (InterruptedException interrupted) {
            close();
            // Where it writes to, or reads from, may be silent as well.
            thread.interrupt();
            thread.join();
            throw interrupted;
        }
    }

    /**
     * Waits for its end.
     *
     * @return the error that it told, in a line; null if it ended well
     */
    @Nullable String failure() throws InterruptedException {
        int code = process.waitFor();
        if (code == 0) {
            return null;
        }
        try {
            var lines = said.get().lines().toList();
            return lines.stream()
                    .filter(line -> line.contains("error:"))
                    .findFirst()
                    .or(() -> lines.stream().findFirst())
                    .orElse("it ended with " + code);
        } catch (ExecutionException unread) {
            return "it ended with " + code;
        }
    }

    @Override
    public void close() {
        process.destroy();
        boolean hasEnded = false;
        try {
            hasEnded = process.waitFor(GRACE);
        } catch (InterruptedException again) {
            Thread.currentThread().interrupt();
        }
        if (!hasEnded) {
            process.destroyForcibly();
        }
    }
}
