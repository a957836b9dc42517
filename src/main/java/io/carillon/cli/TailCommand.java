package io.carillon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "tail",
        mixinStandardHelpOptions = true,
        description = {
            "Follows executions, until it is stopped: a line for each of the last ones, then for each that ends or"
                    + " is tried again. Where Carillon writes no events, looks once a second."
        })
final class TailCommand implements Callable<Integer> {
    private static final int AT_FIRST = 10;
    private static final int LOOKED_AT = 100;
    private static final int REMEMBERED = 10_000;
    private static final long PAUSE_MILLIS = 1000;

    @Mixin private final Session session = new Session();

    @Option(
            names = {"-j", "--job"},
            description = "Only of this job: its name or its id")
    @Nullable String job;

    @Option(names = "--lines", description = "End after so many lines")
    int lines = Integer.MAX_VALUE;

    @Option(
            names = "--retry-for",
            paramLabel = "SECONDS",
            description =
                    "How long to try again when the connection is broken; default: ${DEFAULT-VALUE}")
    int retryFor = 60;

    private final Map<String, String> seen =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
                    return size() > REMEMBERED;
                }
            };

    private int left;

    @Override
    public Integer call() throws InterruptedException {
        left = lines;
        var found = job == null ? null : session.job(job);
        String jobId = found == null ? null : found.path("id").asText();
        String namespace = found == null ? session.namespace : found.path("namespace").asText();
        String filter = session.query("kind", "execution", "jobId", jobId, "namespace", namespace);
        // Before the first look, so that nothing is missed between the two.
        String now = now();
        if (isLastOf(changed(jobId, AT_FIRST))) {
            return 0;
        }
        if (now != null) {
            try {
                new Following(session, "/events" + filter, now, Duration.ofSeconds(retryFor))
                        .until(this::isLast);
                return 0;
            } catch (Failure failure) {
                if (!isWithoutStream(failure)) {
                    throw failure;
                }
            }
        }
        while (!isLastOf(changed(jobId, LOOKED_AT))) {
            Thread.sleep(PAUSE_MILLIS);
        }
        return 0;
    }

    /** Returns the place after all events up to now; null if there are no events. */
    private @Nullable String now() {
        try {
            return session.get("/events?after=now").path("next").asText();
        } catch (Failure failure) {
            if (isWithoutStream(failure)) {
                return null;
            }
            throw failure;
        }
    }

    /** No events are written there, it knows none yet, or too many follow them. */
    private static boolean isWithoutStream(Failure failure) {
        return failure.status() == 404 || failure.status() == 429;
    }

    /** Prints the execution that an event is of. */
    private boolean isLast(JsonNode event) {
        String id = event.path("executionId").asText();
        if (id.isEmpty()) {
            return false;
        }
        try {
            var execution = session.get("/executions/" + id);
            return isNew(execution) && isLastOf(List.of(execution));
        } catch (Failure failure) {
            if (failure.status() == 404) {
                return false;
            }
            throw failure;
        }
    }

    /** Prints executions; returns whether these were the last lines asked for. */
    private boolean isLastOf(List<JsonNode> executions) {
        for (int index = 0; index < executions.size() && left > 0; index++, left--) {
            session.out().println(line(executions.get(index)));
        }
        return left <= 0;
    }

    /** Returns what is new, oldest first. */
    private List<JsonNode> changed(@Nullable String jobId, int most) {
        var page =
                session.get(
                        "/executions"
                                + session.query(
                                        "jobId",
                                        jobId,
                                        "namespace",
                                        session.namespace,
                                        "limit",
                                        String.valueOf(most)));
        var changed = new ArrayList<JsonNode>();
        for (var execution : page.path("items")) {
            if (isNew(execution)) {
                changed.add(execution);
            }
        }
        Collections.reverse(changed);
        return changed;
    }

    private boolean isNew(JsonNode execution) {
        String state = execution.path("state").asText() + execution.path("attempt").asText();
        return !state.equals(seen.put(execution.path("id").asText(), state));
    }

    private String line(JsonNode execution) {
        if (session.wantsJson()) {
            return execution.toString();
        }
        var error = execution.path("error");
        return "%s  %-9s  %s  %s%s"
                .formatted(
                        Table.text(execution, "scheduledAt"),
                        execution.path("state").asText(),
                        execution.path("id").asText(),
                        execution.path("type").asText(),
                        error.isMissingNode()
                                ? ""
                                : "  %s: %s"
                                        .formatted(
                                                error.path("code").asText(),
                                                error.path("message").asText()));
    }
}
