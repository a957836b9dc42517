package io.carillon;

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
 * service; stops them in the opposite order, so that what is draining still has its database. With
 * {@code --health} it starts nothing and asks a replica that runs. What prevents a start is one
 * sentence, and a signal to end that comes before there is anything to drain is obeyed at once.
 */
@ApplicationScoped
public class Launcher {
    /** Before every other observer: from here on something may run that has to be drained. */
    private static final int FIRST = 0;

    private static final int ENDED_BY_SIGTERM = 128 + 15;

    /** Whether the process ends in the order of a shutdown, and not at once. */
    private static volatile boolean endsInOrder;

    static void launch(String... arguments) {
        if (List.of(arguments).equals(List.of("--health"))) {
            Health.main();
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
     * Logging begins with Quarkus. What is logged before is lost in a native executable, and in a
     * JVM it comes with all else that was held back.
     */
    private static void refuse(String sentence) {
        System.err.println(sentence);
        Runtime.getRuntime().halt(1);
    }

    /** Quarkus waits for the end of a start, which waits for a database: for minutes. */
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
