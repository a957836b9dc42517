package io.carillon;

import io.carillon.cli.Cli;
import io.carillon.database.EmbeddedPostgresql;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigUtils;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks the settings, starts the embedded PostgreSQL where no database is configured, then the
 * service; stops them in the opposite order, so that draining executions still have their database.
 * With {@code --health} it starts nothing and asks a running replica; with a command it is the
 * client ({@link Cli}). If something prevents the start, the user gets one sentence. A signal to
 * end that comes before there is anything to drain ends the process at once.
 */
@ApplicationScoped
public class Launcher {
    /** Runs before every other observer: from here on there may be work to drain. */
    private static final int FIRST = 0;

    private static final int ENDED_BY_SIGTERM = 128 + 15;

    /** Whether the process shuts down in order instead of ending at once. */
    private static volatile boolean endsInOrder;

    static void launch(String... arguments) {
        if (List.of(arguments).equals(List.of("--health"))) {
            Health.main();
        }
        if (Cli.isMeant(arguments)) {
            System.exit(Cli.run(arguments));
        }
        if (TrainingRun.isAskedFor()) {
            run(TrainingRun.class, arguments);
            return;
        }
        if (!LaunchMode.current().isDevOrTest()) {
            Runtime.getRuntime().addShutdownHook(new Thread(Launcher::endUnlessStarted));
        }
        var problems = new Settings(ConfigUtils.configBuilder().build()).problems();
        if (!problems.isEmpty()) {
            refuse(String.join(System.lineSeparator(), problems));
        }
        try {
            EmbeddedPostgresql.startUnlessConfigured();
        } catch (IllegalStateException noDatabase) {
            refuse(String.valueOf(noDatabase.getMessage()));
        }
        run(null, arguments);
    }

    /**
     * Logging begins with Quarkus. A native executable loses what is logged before; a JVM prints it
     * later, together with all other held-back messages.
     */
    private static void refuse(String sentence) {
        System.err.println(sentence);
        Runtime.getRuntime().halt(1);
    }

    /** Quarkus would wait for the start to finish, and the start waits for a database: minutes. */
    private static void endUnlessStarted() {
        if (endsInOrder) {
            return;
        }
        try {
            EmbeddedPostgresql.stopNow();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(ENDED_BY_SIGTERM);
    }

    void started(@Observes @Priority(FIRST) StartupEvent event) {
        endsInOrder = true;
    }

    private static void run(
            @Nullable Class<? extends QuarkusApplication> application, String... arguments) {
        Quarkus.run(
                application,
                (exitCode, failure) -> {
                    endsInOrder = true;
                    if (failure != null) {
                        StartFailure.tell(failure);
                    }
                    EmbeddedPostgresql.release();
                    System.exit(exitCode);
                },
                arguments);
    }
}
