package io.carillon.database;

import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.intellij.lang.annotations.Language;

/**
 * Not ready while PostgreSQL is away or takes no writes: a standby, a database that somebody made
 * read-only. Asked in a session of the loops, which are what stands still.
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

    private final DataSource dataSource;

    DatabaseHealth(@BackgroundPool DataSource dataSource) {
        this.dataSource = dataSource;
    }

    @Override
    public HealthCheckResponse call() {
        var response = HealthCheckResponse.named("database");
        try (var connection = dataSource.getConnection();
                var statement = connection.prepareStatement(STATE);
                var row = statement.executeQuery()) {
            row.next();
            response.withData("version", row.getString(1));
            if (row.getBoolean(2)) {
                return response.down().withData("reason", "a read-only standby").build();
            }
            return row.getBoolean(3)
                    ? response.down().withData("reason", "read-only").build()
                    : response.up().build();
        } catch (SQLException failure) {
            return response.down().withData("reason", String.valueOf(failure.getMessage())).build();
        }
    }
}
