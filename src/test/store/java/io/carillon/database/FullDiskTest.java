package io.carillon.database;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.carillon.support.Jobs;
import io.carillon.support.LoggedLines;
import io.carillon.support.Rows;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The disk of the ledger's day is full: a file system of its own, small and in memory. Skipped
 * where this process may not mount one.
 */
@QuarkusTest
class FullDiskTest {
    @Inject DataSource dataSource;

    private Rows rows;
    private Path disk;
    private Path filling;
    private String today;

    @BeforeEach
    void aSmallDisk() throws Exception {
        rows = new Rows(dataSource);
        disk = Files.createTempDirectory("carillon-disk-");
        filling = disk.resolve("filling");
        assumeThat(run("mount", "-t", "tmpfs", "-o", "size=64m", "carillon", disk.toString()))
                .as("may mount")
                .isTrue();
        var space = Files.createDirectory(disk.resolve("space"));
        var data = Path.of(rows.texts("show data_directory").getFirst());
        Files.setOwner(space, Files.getOwner(data));
        rows.change("create tablespace small location '" + space + "'");
        today =
                rows.texts(
                                "select 'execution_' || to_char(clock_timestamp() at time zone 'UTC', 'YYYYMMDD')")
                        .getFirst();
        rows.change("alter table " + today + " set tablespace small");
    }

    @AfterEach
    void noSmallDisk() throws Exception {
        Files.deleteIfExists(filling);
        if (today != null) {
            await().ignoreExceptions()
                    .until(
                            () -> {
                                rows.change("alter table " + today + " set tablespace pg_default");
                                rows.change("checkpoint");
                                rows.change("drop tablespace small");
                                return true;
                            });
        }
        // PostgreSQL may have files of it open for a while.
        run("umount", "--lazy", disk.toString());
        Files.deleteIfExists(disk);
    }

    @Test
    void aFullDiskIsToldOfQuietlyAndOutlived() throws Exception {
        var bell = Jobs.create(Map.of("schedule", Map.of("every", "1s")));
        await().until(() -> executed(bell) >= 2);
        try (var lines = LoggedLines.ofWarnings()) {
            fill();

            await().atMost(Duration.ofSeconds(60)).until(() -> submit().statusCode() == 503);
            var refused = submit();
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.header("Retry-After")).isNotNull();
            assertThat(refused.contentType()).startsWith("application/problem+json");
            assertThat(lines.withStackTrace()).isEmpty();
            assertThat(lines.all()).anyMatch(line -> line.contains("No space left on device"));
        }
        Files.delete(filling);
        long before = executed(bell);

        await().atMost(Duration.ofSeconds(10)).until(() -> executed(bell) >= before + 2);
        assertThat(submit().statusCode()).isLessThan(300);
        await().until(() -> given().get("/q/health/ready").statusCode() == 200);
        Jobs.delete(bell).then().statusCode(204);
    }

    private void fill() throws IOException {
        try (var file = Files.newOutputStream(filling)) {
            var zeros = new byte[64 * 1024];
            while (true) {
                file.write(zeros);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
    }

    /** Large, and nothing that PostgreSQL could compress. */
    private static Response submit() {
        var text = new StringBuilder();
        var random = new Random(7);
        while (text.length() < 60_000) {
            text.append(Long.toHexString(random.nextLong()));
        }
        return given().contentType(ContentType.JSON)
                .body(
                        Map.of(
                                "type",
                                "http",
                                "retry",
                                Map.of("maxAttempts", 1),
                                "config",
                                Map.of("url", "http://localhost:1/", "body", text.toString())))
                .post("/api/v1/executions");
    }

    private long executed(UUID job) throws SQLException {
        return rows.number(
                "select count(*) from execution where job_id = ? and state = 'SUCCEEDED'", job);
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    }
}
