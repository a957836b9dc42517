package io.carillon.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "resume", mixinStandardHelpOptions = true, description = "Resumes paused jobs.")
final class ResumeCommand implements Callable<Integer> {
    @Mixin private final Session session = new Session();

    @Parameters(paramLabel = "JOB", arity = "1..*", description = "Names or ids")
    List<String> jobs = List.of();

    @Option(
            names = "--catch-up",
            description =
                    "Which of the instants missed meanwhile to execute: skip (default), fire_once or fire_all")
    @Nullable String catchUp;

    @Option(names = "--dry-run", description = "Only say what would be executed and skipped")
    boolean dryRun;

    @Override
    public Integer call() {
        var body = JsonNodeFactory.instance.objectNode();
        if (catchUp != null) {
            body.put("catchUp", catchUp.toUpperCase(Locale.ROOT));
        }
        for (String job : jobs) {
            var path = session.jobPath(job, "/resume" + (dryRun ? "?dryRun=true" : ""));
            var resumed = session.post(path, body);
            session.out()
                    .println(
                            dryRun
                                    ? job + ": " + resumed.path("sentence").asText()
                                    : Table.text(resumed, "name")
                                            + " is resumed, fires next at "
                                            + Table.text(resumed, "nextFireAt"));
        }
        return 0;
    }
}
