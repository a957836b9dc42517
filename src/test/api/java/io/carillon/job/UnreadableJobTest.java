package io.carillon.job;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.carillon.support.Jobs;
import io.carillon.support.Rows;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a newer version, or a hand, has written into the columns of a job. */
@QuarkusTest
class UnreadableJobTest {
    @Inject DataSource dataSource;

    private Rows rows;
    private UUID job;

    @BeforeEach
    void aJob() {
        rows = new Rows(dataSource);
        job = Jobs.create(Map.of("namespace", "unreadable"));
    }

    @AfterEach
    void noJob() throws SQLException {
        rows.change("update job set deleted_at = clock_timestamp() where id = ?", job);
        rows.change("delete from qrtz_triggers where trigger_name = ?", job.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "schedule|{\"every\": \"PT1H\", \"sinceLaterVersions\": {\"a\": [1]}}",
                "retry|{\"maxAttempts\": 7, \"sinceLaterVersions\": true}"
            })
    void aFieldThatThisVersionDoesNotKnowIsIgnoredWhereItIsStored(String column, String json)
            throws SQLException {
        store(column, json);

        given().get("/api/v1/jobs/" + job)
                .then()
                .statusCode(200)
                .body("schedule.every", equalTo("PT1H"))
                .body("fault", nullValue());
        Jobs.patch(job, Map.of("description", "changed")).then().statusCode(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "schedule|{\"cron\": {}}",
                "schedule|{\"every\": [1]}",
                "retry|{\"backoff\": \"LATER\"}",
                "retry|7"
            })
    void aJobThatCannotBeReadSaysSoAndDisturbsNoOther(String column, String json)
            throws SQLException {
        var sound = Jobs.create(Map.of("namespace", "unreadable"));
        store(column, json);

        given().get("/api/v1/jobs?namespace=unreadable&limit=100")
                .then()
                .statusCode(200)
                .body("items.id", hasItem(sound.toString()))
                .body("items.find { it.id == '" + job + "' }.fault", containsString(column));
        given().get("/api/v1/jobs/" + job)
                .then()
                .statusCode(200)
                .body("fault", containsString(column));
        given().get("/api/v1/jobs/" + job + "/schedule").then().statusCode(200);
        given().get("/api/v1/forecast").then().statusCode(200).body("jobs", notNullValue());
        given().get("/").then().statusCode(200);
    }

    @Test
    void aJobThatCannotBeReadIsMendedByAWholeDefinitionAndCanBePausedAndDeleted()
            throws SQLException {
        store("schedule", "{\"cron\": {}}");

        Jobs.patch(job, Map.of("description", "changed"))
                .then()
                .statusCode(409)
                .body("detail", containsString("schedule"));
        Jobs.post(job + "/pause", Map.of()).then().statusCode(200);
        Jobs.post(job + "/resume", Map.of()).then().statusCode(200);
        Jobs.patch(job, Map.of("schedule", Map.of("every", "2h")))
                .then()
                .statusCode(200)
                .body("fault", nullValue())
                .body("nextFireAt", notNullValue());

        store("retry", "[]");
        Jobs.delete(job).then().statusCode(204);
    }

    private void store(String column, String json) throws SQLException {
        rows.change("update job set " + column + " = ?::jsonb where id = ?", json, job);
    }
}
