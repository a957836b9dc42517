package io.carillon;

import io.carillon.http.RootPath;
import io.quarkus.arc.Unremovable;
import io.quarkus.runtime.ApplicationLifecycleManager;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.vertx.http.HttpServer;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Starts Carillon, answers some requests and stops, while the JVM records its AOT cache. This
 * happens when the application is packaged, and again in the image, which has another JVM. All of
 * Carillon starts, but the database is unreachable. Quarkus asks for this run with {@code
 * -Dquarkus.appcds.generate=true}; its own training run ends before anything has started, and its
 * cache lacks a third of the classes.
 */
@Singleton
@Unremovable
public final class TrainingRun implements QuarkusApplication {
    private static final Map<String, String> CONFIGURATION =
            Map.of(
                    "quarkus.datasource.jdbc.url",
                    "jdbc:postgresql://127.0.0.1:1/none",
                    "quarkus.flyway.migrate-at-start",
                    "false",
                    "carillon.security.enabled",
                    "false",
                    "quarkus.scheduler.enabled",
                    "false",
                    "quarkus.http.host",
                    "127.0.0.1",
                    "quarkus.http.port",
                    "0");

    private static final List<String> REQUESTS =
            List.of("/q/health/ready", "/q/metrics", "/api/v1/jobs", "/");

    /** Longer than a request waits for an unreachable database. */
    private static final int REQUEST_TIMEOUT_MILLIS = 60_000;

    private final HttpServer server;
    private final String root;

    TrainingRun(
            HttpServer server,
            @ConfigProperty(name = "quarkus.http.root-path", defaultValue = "/") String root) {
        this.server = server;
        this.root = RootPath.prefix(root);
    }

    /** Returns whether this process should be a training run; if so, configures it as one. */
    static boolean isAskedFor() {
        if (!ApplicationLifecycleManager.isAppCDSGeneration()) {
            return false;
        }
        System.clearProperty(ApplicationLifecycleManager.QUARKUS_APPCDS_GENERATE_PROP);
        CONFIGURATION.forEach(System::setProperty);
        return true;
    }

    @Override
    public int run(String... arguments) throws IOException {
        for (String path : REQUESTS) {
            var unused = Health.get(server.getPort(), root + path, REQUEST_TIMEOUT_MILLIS);
        }
        return 0;
    }
}
