package io.carillon.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "pause",
        mixinStandardHelpOptions = true,
        description = "Pauses jobs: nothing fires until they are resumed.")
final class PauseCommand implements Callable<Integer> {
    @Mixin private final Session session = new Session();

    @Parameters(paramLabel = "JOB", arity = "1..*", description = "Names or ids")
    List<String> jobs = List.of();

    @Option(names = "--note", description = "Why, for people")
    @Nullable String note;

    @Override
    public Integer call() {
        var body = JsonNodeFactory.instance.objectNode();
        if (note != null) {
            body.put("note", note);
        }
        for (String job : jobs) {
            var paused = session.post(session.jobPath(job, "/pause"), body);
            session.out().println(Table.text(paused, "name") + " is paused");
        }
        return 0;
    }
}
