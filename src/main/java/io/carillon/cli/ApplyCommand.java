package io.carillon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "apply",
        mixinStandardHelpOptions = true,
        description = "Makes the jobs of an owner what a file says: all of it, or nothing.")
final class ApplyCommand implements Callable<Integer> {
    @Mixin private final Session session = new Session();

    @Option(
            names = {"-f", "--file"},
            required = true,
            description =
                    "YAML or JSON; - reads standard input. Repeatable: each is applied by itself")
    List<String> files = List.of();

    @Option(names = "--dry-run", description = "Only show the difference")
    boolean dryRun;

    @Option(names = "--prune", description = "Delete jobs that the owner no longer names")
    boolean prune;

    @Option(names = "--adopt", description = "Take over jobs of these names without an owner")
    boolean adopt;

    @Option(
            names = "--exit-code",
            description = "With --dry-run: end with 4 if something would change")
    boolean exitCode;

    @Override
    public Integer call() {
        if (session.namespace != null) {
            throw new Failure(
                    2, "apply takes the namespace from the file (namespace: ...), not from -n.");
        }
        boolean changes = false;
        for (String file : files) {
            String text = read(file);
            boolean isJson = text.stripLeading().startsWith("{");
            var result =
                    session.call(
                            "POST",
                            "/jobs/apply"
                                    + session.query(
                                            "dryRun", given(dryRun),
                                            "prune", given(prune),
                                            "adopt", given(adopt)),
                            text,
                            isJson ? "application/json" : "application/yaml");
            if (session.wantsJson()) {
                session.print(result);
            } else {
                show(result, session.out());
            }
            changes |=
                    result.path("created").size()
                                    + result.path("changed").size()
                                    + result.path("deleted").size()
                            > 0;
        }
        return dryRun && exitCode && changes ? Cli.WOULD_CHANGE : 0;
    }

    private static @Nullable String given(boolean option) {
        return option ? "true" : null;
    }

    private static String read(String file) {
        try {
            return file.equals("-")
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(file));
        } catch (IOException failure) {
            throw new Failure(2, "Cannot read " + file + ": " + failure.getMessage());
        }
    }

    private static void show(JsonNode result, PrintWriter out) {
        for (var job : result.path("created")) {
            out.println(
                    "+ %s: %s, next %s"
                            .formatted(
                                    Table.text(job, "name"),
                                    Table.text(job, "schedule"),
                                    first(job.path("next"))));
        }
        for (var job : result.path("changed")) {
            out.println("~ " + Table.text(job, "name"));
            for (var change : job.path("changes").properties()) {
                out.println(
                        "    %s: %s -> %s"
                                .formatted(
                                        change.getKey(),
                                        value(change.getValue().path("before")),
                                        value(change.getValue().path("after"))));
            }
            if (job.has("next")) {
                out.println(
                        "    next: %s -> %s"
                                .formatted(first(job.path("nextBefore")), first(job.path("next"))));
            }
        }
        result.path("deleted").forEach(job -> out.println("- " + Table.text(job, "name")));
        result.path("left")
                .forEach(
                        job ->
                                out.println(
                                        "? %s: no longer named, --prune deletes it"
                                                .formatted(Table.text(job, "name"))));
        out.println(
                "%s: %d created, %d changed, %d deleted, %d unchanged%s"
                        .formatted(
                                Table.text(result, "owner"),
                                result.path("created").size(),
                                result.path("changed").size(),
                                result.path("deleted").size(),
                                result.path("unchanged").asInt(),
                                result.path("dryRun").asBoolean()
                                        ? " (dry run: nothing is done)"
                                        : ""));
    }

    private static String first(JsonNode instants) {
        return instants.isEmpty() ? "-" : instants.get(0).asText();
    }

    private static String value(JsonNode value) {
        return value.isMissingNode() || value.isNull() ? "-" : value.toString();
    }
}
