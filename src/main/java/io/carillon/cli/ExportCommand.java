package io.carillon.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = "Writes jobs as apply takes them: YAML, or JSON with -o json.")
final class ExportCommand implements Callable<Integer> {
    @Mixin private final Session session = new Session();

    @Option(names = "--owner", description = "Only jobs of this owner; default: all of a namespace")
    @Nullable String owner;

    @Override
    public Integer call() {
        String path =
                "/jobs/export" + session.query("namespace", session.namespace, "owner", owner);
        if (session.wantsJson()) {
            session.print(session.get(path));
        } else {
            session.out().print(session.send("GET", path, null, "", "application/yaml"));
            session.out().flush();
        }
        return 0;
    }
}
