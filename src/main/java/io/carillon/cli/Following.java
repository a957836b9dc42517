package io.carillon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Follows the stream of events; when the connection breaks, goes on after the last event. */
final class Following {
    /** The service says something every ten seconds; after so long a silence it is gone. */
    private static final long SILENCE_SECONDS = 30;

    private static final long PAUSE_MILLIS = 1000;

    private final Session session;
    private final String path;
    private final Duration patience;

    /** The id after which the stream goes on. */
    private String place;

    /**
     * @param path with the filters
     * @param place the id after which it begins
     * @param patience how long to try again after the connection has broken
     */
    Following(Session session, String path, String place, Duration patience) {
        this.session = session;
        this.path = path;
        this.place = place;
        this.patience = patience;
    }

    /**
     * Hands on each event, until one is the last. One during which the connection breaks is handed
     * on again.
     *
     * @throws Failure if the service refuses, or does not answer for too long
     */
    void until(Predicate<JsonNode> isLast) throws InterruptedException {
        var stream = session.stream(path, place);
        while (!read(stream, isLast)) {
            session.err().println("The connection is broken; trying again.");
            stream = openedAgain();
        }
    }

    private InputStream openedAgain() throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            Thread.sleep(PAUSE_MILLIS);
            try {
                return session.stream(path, place);
            } catch (Failure failure) {
                if (!failure.mayPass() || System.nanoTime() - end >= 0) {
                    throw failure;
                }
            }
        }
    }

    /** Returns whether the last event was read; else the connection is broken. */
    private boolean read(InputStream stream, Predicate<JsonNode> isLast)
            throws InterruptedException {
        var lines = new SynchronousQueue<Optional<String>>();
        var reader = Thread.startVirtualThread(() -> pass(stream, lines));
        try (stream) {
            String id = place;
            String data = "";
            while (true) {
                var line = lines.poll(SILENCE_SECONDS, TimeUnit.SECONDS);
                if (line == null || line.isEmpty()) {
                    return false;
                }
                String text = line.get();
                if (text.startsWith("id: ")) {
                    id = text.substring(4);
                } else if (text.equals("event: gap")) {
                    session.err().println("Some events are no longer kept.");
                } else if (text.startsWith("data: ")) {
                    data = text.substring(6);
                } else if (text.isEmpty()) {
                    if (!data.isEmpty() && isLast.test(Session.read(data))) {
                        return true;
                    }
                    place = id;
                    data = "";
                }
            }
        } catch (IOException closing) {
            return false;
        } catch (Failure failure) {
            if (failure.mayPass()) {
                return false;
            }
            throw failure;
        } finally {
            reader.interrupt();
        }
    }

    /** Reads lines in a thread of its own, since a read of a stream has no timeout. */
    private static void pass(InputStream stream, SynchronousQueue<Optional<String>> lines) {
        try {
            try (var reader =
                    new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    lines.put(Optional.of(line));
                }
            } catch (IOException | UncheckedIOException broken) {
                // As if it had ended.
            }
            lines.put(Optional.empty());
        } catch (InterruptedException nobodyReads) {
            Thread.currentThread().interrupt();
        }
    }
}
