package io.carillon.event;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.support.Api;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Iterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A client that follows {@code /api/v1/events} as a browser does. */
public final class EventReader implements AutoCloseable {
    private final HttpClient client = HttpClient.newHttpClient();
    private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    private final HttpResponse<Stream<String>> response;
    private final Thread thread;
    private volatile String place = "";

    /** An event as it came; the last one has the kind {@code end}. */
    public record Received(String id, String kind, JsonNode data) {}

    /**
     * @param query begins with a question mark, or is empty
     * @param headers names and values in turn
     */
    public EventReader(String query, String... headers) throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(Api.service().resolve("/api/v1/events" + query))
                        .header("Accept", "text/event-stream");
        if (headers.length > 0) {
            request.headers(headers);
        }
        response = client.send(request.build(), HttpResponse.BodyHandlers.ofLines());
        thread = Thread.startVirtualThread(this::read);
    }

    public int status() {
        return response.statusCode();
    }

    public String header(String name) {
        return response.headers().firstValue(name).orElse("");
    }

    /** The last id that came, with an event or without; empty: none yet. */
    public String place() {
        return place;
    }

    /** The next event; fails if none comes. */
    public Received next() throws InterruptedException {
        var next = received.poll(10, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no event came");
        }
        return next;
    }

    /** The next event of a kind; skips others. */
    public Received next(String kind) throws InterruptedException {
        var next = next();
        while (!next.kind.equals(kind)) {
            if (next.kind.equals("end")) {
                throw new AssertionError("the stream has ended");
            }
            next = next();
        }
        return next;
    }

    private void read() {
        try {
            var kind = "";
            for (Iterator<String> lines = response.body().iterator(); lines.hasNext(); ) {
                String line = lines.next();
                if (line.startsWith("id: ")) {
                    place = line.substring(4);
                } else if (line.startsWith("event: ")) {
                    kind = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    received.add(new Received(place, kind, Api.json(line.substring(6))));
                }
            }
        } catch (RuntimeException ended) {
            // The client closes it, or the service did not end it as it should: the test sees
            // which.
            received.add(new Received("", "broken", Api.object()));
            return;
        }
        received.add(new Received("", "end", Api.object()));
    }

    @Override
    public void close() throws InterruptedException {
        client.shutdownNow();
        thread.join(10_000);
    }
}
