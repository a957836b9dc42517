package io.carillon.cli;

import com.fasterxml.jackson.databind.JsonNode;
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
        description =
                "Follows executions: a line for each state that it sees, until it is stopped.")
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

    private final Map<String, String> seen =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
                    return size() > REMEMBERED;
                }
            };

    @Override
    public Integer call() throws InterruptedException {
        String jobId = job == null ? null : session.job(job).path("id").asText();
        int left = lines;
        for (int most = AT_FIRST; ; most = LOOKED_AT) {
            var changed = changed(jobId, most);
            for (int index = 0; index < changed.size() && left > 0; index++, left--) {
                session.out().println(line(changed.get(index)));
            }
            if (left <= 0) {
                return 0;
            }
            Thread.sleep(PAUSE_MILLIS);
        }
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
            String state = execution.path("state").asText();
            if (!state.equals(seen.put(execution.path("id").asText(), state))) {
                changed.add(execution);
            }
        }
        Collections.reverse(changed);
        return changed;
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
