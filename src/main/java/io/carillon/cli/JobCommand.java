package io.carillon.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "job",
        mixinStandardHelpOptions = true,
        description = "Shows a job: its definition as JSON, and its next instants.")
final class JobCommand implements Callable<Integer> {
    @Mixin private final Session session = new Session();

    @Parameters(paramLabel = "JOB", description = "Its name or its id")
    String job = "";

    @Override
    public Integer call() {
        var found = session.job(job);
        session.print(found);
        if (!session.wantsJson()) {
            var upcoming = session.get("/jobs/" + found.path("id").asText() + "/schedule?count=3");
            session.out().println(upcoming.path("description").asText());
            upcoming.path("next")
                    .forEach(next -> session.out().println("  " + next.path("local").asText()));
        }
        return 0;
    }
}
