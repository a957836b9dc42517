package io.carillon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "why",
        mixinStandardHelpOptions = true,
        description = "Says why a job was, or was not, executed at an instant.")
final class WhyCommand implements Callable<Integer> {
    @Mixin private final Session session = new Session();

    @Parameters(paramLabel = "JOB", description = "Its name or its id")
    String job = "";

    @Option(
            names = "--at",
            description = "Such as 2026-11-23T08:00:00Z; default: the last planned instant")
    @Nullable Instant at;

    @Override
    public Integer call() {
        var found = session.job(job);
        var why = why(found, at == null ? lastPlanned(found) : at.toString());
        if (session.wantsJson()) {
            session.print(why);
            return 0;
        }
        session.out().println(why.path("sentence").asText());
        session.out().println("before  " + Table.text(why, "previous"));
        session.out().println("after   " + Table.text(why, "next"));
        return 0;
    }

    private JsonNode why(JsonNode found, String instant) {
        return session.get("/jobs/" + found.path("id").asText() + "/why?at=" + instant);
    }

    private String lastPlanned(JsonNode found) {
        String ahead = found.path("nextFireAt").asText(found.path("updatedAt").asText());
        return why(found, ahead).path("previous").asText(ahead);
    }
}
