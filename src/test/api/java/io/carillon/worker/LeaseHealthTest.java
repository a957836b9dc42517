package io.carillon.worker;

import static io.carillon.support.Api.aSubmission;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.submittedId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carillon.support.Rows;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A replica whose worker has no lease that holds is not ready, and is again once it has. */
@QuarkusTest
class LeaseHealthTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Inject DataSource dataSource;

    @BeforeEach
    void isReady() {
        await().atMost(PATIENCE).until(() -> get("/q/health/ready").statusCode() == 200);
        assertThat(get("/q/health/ready").asString())
                .contains("\"heartbeat\"", "\"lease-watch\"", "\"completions\"", "\"followers\"");
    }

    @AfterEach
    void heartbeatsAreTakenAgain() throws SQLException {
        new Rows(dataSource).change("drop trigger if exists hinder on worker");
        await().atMost(PATIENCE).until(() -> get("/q/health/ready").statusCode() == 200);
        assertThat(ended(submittedId(aSubmission())).get("state").textValue())
                .isEqualTo("SUCCEEDED");
    }

    @Test
    void whileHeartbeatsFail() throws SQLException {
        hinder("raise exception 'no heartbeat today'");

        await().atMost(PATIENCE)
                .untilAsserted(
                        () ->
                                assertThat(get("/q/health/ready").asString())
                                        .contains("without a steady lease"));
        assertThat(get("/q/health/ready").statusCode()).isEqualTo(503);
    }

    @Test
    void whileHeartbeatsComeTooLateAgainAndAgain() throws SQLException {
        hinder("perform pg_sleep(3.2)");

        await().atMost(PATIENCE)
                .untilAsserted(
                        () ->
                                assertThat(get("/q/health/ready").asString())
                                        .contains("without a steady lease"));
        await().during(Duration.ofSeconds(8))
                .atMost(PATIENCE)
                .until(() -> get("/q/health/ready").statusCode() == 503);
    }

    private void hinder(String how) throws SQLException {
        var rows = new Rows(dataSource);
        rows.change(
                "create or replace function hinder() returns trigger language plpgsql as $$ begin "
                        + how
                        + "; return new; end $$");
        rows.change(
                "create trigger hinder before update of heartbeat_at on worker for each row execute function hinder()");
    }
}
