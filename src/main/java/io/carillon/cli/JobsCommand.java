package io.carillon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "jobs",
        mixinStandardHelpOptions = true,
        description = "Lists jobs by namespace and name.")
final class JobsCommand implements Callable<Integer> {
    @Mixin private final Session session = new Session();

    @Option(names = "--search", description = "Part of the name or description")
    @Nullable String search;

    @Option(names = "--type", description = "The job type")
    @Nullable String type;

    @Option(names = "--host", description = "The host that the config's url names")
    @Nullable String host;

    @Option(
            names = {"-l", "--label"},
            paramLabel = "KEY=VALUE",
            description = "A label that a job must have; repeatable")
    List<String> labels = new ArrayList<>();

    @Option(names = "--limit", defaultValue = "100", description = "How many; default: 100")
    int limit = 100;

    @Override
    public Integer call() {
        var parameters = new ArrayList<@Nullable String>();
        parameters.addAll(Arrays.asList("namespace", session.namespace, "q", search));
        parameters.addAll(Arrays.asList("type", type, "host", host));
        labels.forEach(label -> parameters.addAll(List.of("label", label)));
        parameters.addAll(List.of("limit", String.valueOf(limit)));
        var page = session.get("/jobs" + session.query(parameters.toArray(String[]::new)));
        if (session.wantsJson()) {
            session.print(page);
            return 0;
        }
        var table = new Table("NAMESPACE", "NAME", "TYPE", "STATUS", "NEXT", "LAST", "ENDED");
        for (JsonNode job : page.path("items")) {
            var last = job.path("lastExecution");
            table.add(
                    Table.text(job, "namespace"),
                    Table.text(job, "name"),
                    Table.text(job, "type"),
                    Table.text(job, "status"),
                    Table.text(job, "nextFireAt"),
                    Table.text(last, "state"),
                    Table.text(last, "finishedAt"));
        }
        table.print(session.out());
        long total = page.path("totalCount").asLong();
        if (total > page.path("items").size()) {
            session.out().println("%d of %d".formatted(page.path("items").size(), total));
        }
        return 0;
    }
}
