package io.carillon.event.api;

import io.carillon.event.Event;
import io.carillon.event.EventFilter;
import io.carillon.event.Position;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Sends events to one client as they happen, in the format of the HTML standard's server-sent
 * events, until the client leaves, its key becomes invalid, or this replica is about to stop.
 */
final class EventStream implements StreamingOutput {
    /** The longest time for which a key that has become invalid, or a client that left, reads. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** The place after so many looks without an event keeps the connection from looking idle. */
    private static final int LOOKS_IN_SILENCE = 10;

    private final EventFeed feed;
    private final EventFeed.Reader reader;
    private final EventFilter filter;
    private final boolean isBrief;
    private final BooleanSupplier goesOn;
    private Position after;

    /**
     * @param isBrief whether to send only how many events there are, in messages without a name
     */
    EventStream(
            EventFeed feed,
            EventFeed.Reader reader,
            EventFilter filter,
            boolean isBrief,
            Position after,
            BooleanSupplier goesOn) {
        this.feed = feed;
        this.reader = reader;
        this.filter = filter;
        this.isBrief = isBrief;
        this.after = after;
        this.goesOn = goesOn;
    }

    @Override
    public void write(OutputStream output) throws IOException {
        try {
            send(output, "retry: 1000\n" + place());
            follow(output);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        } finally {
            reader.leave();
        }
    }

    private void follow(OutputStream output) throws IOException, InterruptedException {
        int silent = 0;
        while (goesOn.getAsBoolean()) {
            var next = feed.after(after, LOOK);
            if (next.isStopping()) {
                return;
            }
            var text = new StringBuilder();
            if (next.isGap()) {
                text.append("event: gap\ndata: {\"after\":\"").append(after).append("\"}\n\n");
            }
            var passing =
                    next.events().stream().filter(event -> filter.passes(event.view())).toList();
            after = next.end();
            if (isBrief && !passing.isEmpty()) {
                text.append("data: ").append(passing.size()).append('\n').append(place());
            } else {
                passing.forEach(event -> append(text, event));
            }
            if (!text.isEmpty()) {
                silent = 0;
                send(output, text.toString());
            } else if (++silent >= LOOKS_IN_SILENCE) {
                silent = 0;
                send(output, place());
            }
        }
    }

    /** An id without data is kept by clients, and is no event. */
    private String place() {
        return "id: " + after + "\n\n";
    }

    private static void append(StringBuilder text, Event event) {
        text.append("id: ")
                .append(event.position())
                .append("\nevent: ")
                .append(event.view().kind())
                .append("\ndata: ")
                .append(event.json())
                .append("\n\n");
    }

    private static void send(OutputStream output, String text) throws IOException {
        output.write(text.getBytes(StandardCharsets.UTF_8));
        output.flush();
    }
}
