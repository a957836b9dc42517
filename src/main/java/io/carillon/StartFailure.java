package io.carillon;

import io.quarkus.logging.Log;
import io.quarkus.runtime.QuarkusBindException;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigValidationException;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Explains why the service did not start: in one sentence if the cause is outside the service, with
 * a stack trace if it is a bug.
 */
final class StartFailure {
    private StartFailure() {}

    static void tell(Throwable failure) {
        var causes = Stream.iterate(failure, it -> it != null, Throwable::getCause).toList();
        for (var cause : causes) {
            switch (cause) {
                case QuarkusBindException taken -> {
                    Log.error(portTaken(taken));
                    return;
                }
                case SQLException database -> {
                    Log.error(noDatabase(database));
                    return;
                }
                case ConfigValidationException invalid -> {
                    // Without a configuration, logging does not work.
                    System.err.println(invalid.getMessage());
                    return;
                }
                case ConfigurationException invalid -> {
                    System.err.println(invalid.getMessage());
                    return;
                }
                default -> {}
            }
        }
        Log.error("Carillon could not start", failure);
    }

    private static String portTaken(QuarkusBindException taken) {
        return ("Carillon could not start: port %d of %s is taken by another program; stop that one or set"
                        + " quarkus.http.port (QUARKUS_HTTP_PORT) to a free one.")
                .formatted(taken.getPort(), taken.getHost());
    }

    private static String noDatabase(SQLException database) {
        var config = ConfigProvider.getConfig();
        // The part after the question mark may hold a password.
        String url =
                config.getOptionalValue("quarkus.datasource.jdbc.url", String.class)
                        .orElse("nowhere")
                        .replaceFirst("\\?.*", "");
        return "Carillon could not start with the database of quarkus.datasource.jdbc.url, %s: %s"
                .formatted(url, String.valueOf(database.getMessage()).replaceAll("\\s+", " "));
    }
}
