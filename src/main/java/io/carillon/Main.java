package io.carillon;

import io.carillon.database.EmbeddedPostgresql;
import io.quarkus.logging.Log;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Starts the embedded PostgreSQL where no database is configured, then the service; stops them in
 * the opposite order, so that what is draining still has its database. With {@code --health} it
 * starts nothing and asks a replica that runs.
 */
@QuarkusMain
public final class Main {
    private Main() {}

    public static void main(String... arguments) {
        if (List.of(arguments).equals(List.of("--health"))) {
            Health.main();
        }
        if (TrainingRun.isAskedFor()) {
            run(TrainingRun.class, arguments);
            return;
        }
        try {
            EmbeddedPostgresql.startUnlessConfigured();
        } catch (IllegalStateException noDatabase) {
            // Logging begins with Quarkus. What is logged before is lost in a native executable,
            // and in a JVM it comes with all else that was held back.
            System.err.println(noDatabase.getMessage());
            Runtime.getRuntime().halt(1);
        }
        run(null, arguments);
    }

    private static void run(
            @Nullable Class<? extends QuarkusApplication> application, String... arguments) {
        Quarkus.run(
                application,
                (exitCode, failure) -> {
                    if (failure != null) {
                        Log.error("Carillon could not start", failure);
                    }
                    EmbeddedPostgresql.release();
                    System.exit(exitCode);
                },
                arguments);
    }
}
