package io.carillon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "dead-letters",
        mixinStandardHelpOptions = true,
        description = "Lists executions that have failed for good, newest first.")
final class DeadLettersCommand implements Callable<Integer> {
    @Mixin private final Session session = new Session();

    @Option(
            names = {"-j", "--job"},
            description = "Only of this job: its name or its id")
    @Nullable String job;

    @Option(names = "--limit", defaultValue = "20", description = "How many; default: 20")
    int limit = 20;

    @Override
    public Integer call() {
        String jobId = job == null ? null : session.job(job).path("id").asText();
        var page =
                session.get(
                        "/executions"
                                + session.query(
                                        "state",
                                        "FAILED",
                                        "jobId",
                                        jobId,
                                        "namespace",
                                        session.namespace,
                                        "limit",
                                        String.valueOf(limit)));
        if (session.wantsJson()) {
            session.print(page);
            return 0;
        }
        var table = new Table("ID", "ENDED", "ATTEMPTS", "CODE", "MESSAGE", "REPLAYED BY");
        for (JsonNode execution : page.path("items")) {
            var error = execution.path("error");
            table.add(
                    Table.text(execution, "id"),
                    Table.text(execution, "finishedAt"),
                    Table.text(execution, "attempt"),
                    Table.text(error, "code"),
                    Table.text(error, "message"),
                    Table.text(execution, "replayedBy"));
        }
        table.print(session.out());
        return 0;
    }
}
