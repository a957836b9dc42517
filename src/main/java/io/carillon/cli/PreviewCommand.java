package io.carillon.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "preview",
        mixinStandardHelpOptions = true,
        description = "Explains a schedule that no job has yet: in words, next instants, warnings.")
final class PreviewCommand implements Callable<Integer> {
    @Mixin private final Session session = new Session();

    @Parameters(paramLabel = "CRON", description = "Such as '0 9 * * MON-FRI'")
    String cron = "";

    @Option(
            names = {"-z", "--time-zone"},
            description = "Such as Europe/Paris; default: UTC")
    @Nullable String timeZone;

    @Option(names = "--count", defaultValue = "5", description = "How many instants; default: 5")
    int count = 5;

    @Override
    public Integer call() {
        var request = JsonNodeFactory.instance.objectNode().put("count", count);
        var schedule = request.putObject("schedule").put("cron", cron);
        if (timeZone != null) {
            schedule.put("timeZone", timeZone);
        }
        if (session.namespace != null) {
            request.put("namespace", session.namespace);
        }
        var preview = session.post("/schedules/preview", request);
        if (session.wantsJson()) {
            session.print(preview);
            return 0;
        }
        session.out().println(preview.path("description").asText());
        preview.path("next")
                .forEach(next -> session.out().println("  " + next.path("local").asText()));
        preview.path("warnings")
                .forEach(warning -> session.out().println("! " + warning.path("message").asText()));
        return 0;
    }
}
