package io.carillon.database;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carillon.support.Database;
import io.carillon.support.Jobs;
import io.carillon.support.LoggedLines;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A database that takes no writes for a while, as during a failover to a standby. */
@QuarkusTest
class ReadOnlyDatabaseTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    /** Sessions that were ended leave the pool within the interval of its validation. */
    @AfterEach
    void writable() throws SQLException {
        readOnly("off");
        await().during(Duration.ofSeconds(3))
                .atMost(Duration.ofSeconds(30))
                .until(() -> ready() == 200);
    }

    @Test
    void aDatabaseThatTakesNoWritesIsToldOfQuietlyAndOutlived() throws Exception {
        var bell = Jobs.create(Map.of("schedule", Map.of("every", "1s")));
        await().until(() -> executed(bell) >= 2);
        try (var lines = LoggedLines.ofWarnings()) {
            readOnly("on");
            await().atMost(SOON)
                    .until(() -> given().get("/q/health/ready").asString().contains("read-only"));
            assertThat(ready()).isEqualTo(503);
            await().pollDelay(Duration.ofSeconds(5))
                    .atMost(Duration.ofSeconds(6))
                    .until(() -> true);

            var refused =
                    given().contentType(ContentType.JSON)
                            .body(Map.of("type", "noop"))
                            .post("/api/v1/executions");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.header("Retry-After")).isNotNull();
            assertThat(refused.contentType()).startsWith("application/problem+json");
            assertThat(ready()).isEqualTo(503);

            assertThat(lines.withStackTrace()).isEmpty();
            assertThat(lines.all()).hasSizeBetween(1, 60);
            assertThat(lines.all()).anyMatch(line -> line.contains("read-only transaction"));
        }
        long before = executed(bell);

        readOnly("off");

        await().atMost(SOON).until(() -> ready() == 200);
        await().atMost(SOON).until(() -> executed(bell) > before);
        Jobs.delete(bell).then().statusCode(204);
    }

    private static int ready() {
        return given().get("/q/health/ready").statusCode();
    }

    private static long executed(UUID job) throws SQLException {
        return Database.number(
                "select count(*) from execution where job_id = ? and state = 'SUCCEEDED'", job);
    }

    /** As an administrator does it: the sessions that are there stay as they were, so they end. */
    private static void readOnly(String onOrOff) throws SQLException {
        String url =
                ConfigProvider.getConfig().getValue("quarkus.datasource.jdbc.url", String.class);
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            statement.execute("set default_transaction_read_only = off");
            statement.execute(
                    "alter database postgres set default_transaction_read_only = " + onOrOff);
            statement.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                            + " where application_name = 'carillon'");
        }
    }
}
