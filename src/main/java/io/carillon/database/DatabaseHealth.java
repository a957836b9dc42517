package io.carillon.database;

import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;
import org.intellij.lang.annotations.Language;

/**
 * Reports the replica as not ready while PostgreSQL is away or accepts no writes, as on a standby
 * or a read-only database. It asks over a session of the loops, because they are what would stand
 * still.
 */
@Readiness
@ApplicationScoped
class DatabaseHealth implements HealthCheck {
    @Language("SQL")
    private static final String STATE =
            """
            select current_setting('server_version'), pg_is_in_recovery(),
                   current_setting('transaction_read_only')::boolean
            """;

    private final Database database;

    DatabaseHealth(@BackgroundPool Database database) {
        this.database = database;
    }

    @Override
    public HealthCheckResponse call() {
        var response = HealthCheckResponse.named("database");
        try {
            database.run(connection -> look(connection, response));
        } catch (DatabaseException away) {
            response.down().withData("reason", SqlFailures.message(away));
        }
        return response.build();
    }

    private static void look(Connection connection, HealthCheckResponseBuilder response)
            throws SQLException {
        try (var statement = connection.prepareStatement(STATE);
                var row = statement.executeQuery()) {
            row.next();
            response.withData("version", row.getString(1));
            if (row.getBoolean(2)) {
                response.down().withData("reason", "a read-only standby");
            } else if (row.getBoolean(3)) {
                response.down().withData("reason", "read-only");
            } else {
                response.up();
            }
        }
    }
}
