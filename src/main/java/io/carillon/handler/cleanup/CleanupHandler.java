package io.carillon.handler.cleanup;

import io.carillon.database.DatabaseClock;
import io.carillon.files.FileRoots;
import io.carillon.files.RootFolder;
import io.carillon.handler.ExecutionContext;
import io.carillon.handler.JobHandler;
import io.carillon.handler.Outcome;
import io.carillon.problem.Problem.Violation;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Deletes or counts the files that the config selects. Files that cannot be deleted are counted and
 * left.
 */
@ApplicationScoped
class CleanupHandler implements JobHandler<CleanupConfig> {
    private final FileRoots roots;
    private final DatabaseClock clock;

    CleanupHandler(FileRoots roots, DatabaseClock clock) {
        this.roots = roots;
        this.clock = clock;
    }

    @Override
    public String type() {
        return "cleanup_task";
    }

    @Override
    public Class<CleanupConfig> configType() {
        return CleanupConfig.class;
    }

    @Override
    public List<Violation> check(CleanupConfig config) {
        var violations = new ArrayList<Violation>();
        roots.lack(config.root()).ifPresent(lack -> violations.add(new Violation("root", lack)));
        RootFolder.fault(config.folderOrRoot())
                .ifPresent(fault -> violations.add(new Violation("folder", fault)));
        if (config.pattern() != null && config.pattern().contains("/")) {
            violations.add(
                    new Violation("pattern", "matches names without '/'; use folder for a path"));
        }
        return violations;
    }

    @Override
    public Outcome run(ExecutionContext<CleanupConfig> context) throws InterruptedException {
        var config = context.config();
        var cleanup = new Cleanup(config, clock.now().minus(config.olderThan()));
        try (var folder = roots.open(config.root(), config.folderOrRoot())) {
            cleanup.clean(folder, "");
        } catch (IOException failure) {
            return Outcome.failure(
                            "FILES_IO",
                            "could not read %s of the root %s: %s"
                                    .formatted(
                                            config.folder() == null ? "." : config.folder(),
                                            config.root(),
                                            failure.getClass().getSimpleName()))
                    .withResult(cleanup.result());
        }
        return cleanup.failed() == 0
                ? new Outcome.Success(cleanup.result())
                : Outcome.failure(
                                "FILES_IO",
                                "%d files or folders could not be read or deleted"
                                        .formatted(cleanup.failed()))
                        .withResult(cleanup.result());
    }
}
