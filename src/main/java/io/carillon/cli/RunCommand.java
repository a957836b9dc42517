package io.carillon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Runs a job now, whatever its schedule says.")
final class RunCommand implements Callable<Integer> {
    static final Set<String> FINAL = Set.of("SUCCEEDED", "FAILED", "CANCELLED", "SKIPPED");
    private static final long PAUSE_MILLIS = 500;

    @Mixin private final Session session = new Session();

    @Parameters(paramLabel = "JOB", description = "Its name or its id")
    String job = "";

    @Option(
            names = {"-w", "--wait"},
            description = "Wait for its end; the command fails unless it succeeds")
    boolean wait;

    @Override
    public Integer call() throws InterruptedException {
        var execution =
                session.post(
                        session.jobPath(job, "/trigger"), JsonNodeFactory.instance.objectNode());
        String path = "/executions/" + execution.path("id").asText();
        while (wait && !FINAL.contains(execution.path("state").asText())) {
            Thread.sleep(PAUSE_MILLIS);
            execution = session.get(path);
        }
        if (session.wantsJson()) {
            session.print(execution);
        } else {
            session.out().println(line(execution));
        }
        return !wait || execution.path("state").asText().equals("SUCCEEDED") ? 0 : Cli.REFUSED;
    }

    private static String line(JsonNode execution) {
        var error = execution.path("error");
        return "%s %s%s"
                .formatted(
                        execution.path("id").asText(),
                        execution.path("state").asText(),
                        error.isMissingNode()
                                ? ""
                                : " %s: %s"
                                        .formatted(
                                                error.path("code").asText(),
                                                error.path("message").asText()));
    }
}
