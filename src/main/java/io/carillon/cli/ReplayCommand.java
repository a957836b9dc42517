package io.carillon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description =
                "Replays dead letters: those named, or with --all those that were never replayed.")
final class ReplayCommand implements Callable<Integer> {
    @Mixin private final Session session = new Session();

    @Parameters(paramLabel = "ID", arity = "0..*", description = "Ids of executions")
    List<String> ids = List.of();

    @Option(names = "--all", description = "All that were never replayed")
    boolean all;

    @Option(
            names = {"-j", "--job"},
            description = "With --all: only of this job, its name or its id")
    @Nullable String job;

    @Option(names = "--code", description = "With --all: only with this error code")
    @Nullable String code;

    @Override
    public Integer call() {
        if (all == !ids.isEmpty()) {
            throw new Failure(2, "Name executions, or give --all.");
        }
        for (String id : ids) {
            var replay =
                    session.post(
                            "/executions/" + Session.encoded(id) + "/replay",
                            JsonNodeFactory.instance.objectNode());
            session.out().println(id + " is replayed by " + replay.path("id").asText());
        }
        if (all) {
            session.out().println(replayAll() + " replayed");
        }
        return 0;
    }

    private long replayAll() {
        var request = JsonNodeFactory.instance.objectNode();
        var filter = request.putObject("filter");
        if (session.namespace != null) {
            filter.put("namespace", session.namespace);
        }
        if (job != null) {
            filter.put("jobId", session.job(job).path("id").asText());
        }
        if (code != null) {
            filter.put("errorCode", code);
        }
        long replayed = 0;
        JsonNode answer;
        do {
            answer = session.post("/executions/replay", request);
            replayed += answer.path("replayed").asLong();
        } while (answer.path("more").asBoolean());
        return replayed;
    }
}
