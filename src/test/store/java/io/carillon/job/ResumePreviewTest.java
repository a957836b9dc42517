package io.carillon.job;

import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.support.Api;
import io.carillon.support.Jobs;
import io.carillon.support.Past;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A paused job has missed the hours from eight hours ago to this one: nine of them. */
@QuarkusTest
@TestProfile(StillReplica.class)
class ResumePreviewTest {
    @Inject DataSource dataSource;

    @ParameterizedTest(name = "{0}, limit {1}, window {2}")
    @CsvSource(
            nullValues = "none",
            value = {
                "none, 100, 24h, 0, {\"PAUSED\":9}",
                "SKIP, 100, 24h, 0, {\"PAUSED\":9}",
                "FIRE_ONCE, 100, 24h, 1, {\"MISFIRE\":8}",
                "FIRE_ALL, 100, 24h, 9, {}",
                "FIRE_ALL, 3, 24h, 3, {\"CATCH_UP_LIMIT\":6}",
                "FIRE_ALL, 2, 180m, 2, '{\"CATCH_UP_LIMIT\":1,\"CATCH_UP_WINDOW\":6}'",
            })
    void aDryRunSaysWhatAResumptionThenDoes(
            String catchUp, int limit, String window, int executed, String reasons)
            throws Exception {
        var past = new Past(dataSource);
        var job =
                past.hourlyJobFrom(
                        Duration.ofHours(20),
                        Map.of("catchUpLimit", limit, "catchUpWindow", window));
        Jobs.post(job + "/pause", Map.of()).then().statusCode(200);
        past.nothingFiredFor(job, Duration.ofHours(8));
        var request = new HashMap<String, Object>();
        if (catchUp != null) {
            request.put("catchUp", catchUp);
        }

        var preview = Api.tree(Jobs.post(job + "/resume?dryRun=true", request), 200);

        assertThat(past.ledger(job)).as("a dry run writes nothing").isEmpty();
        assertThat(Api.tree(Api.get(Api.JOBS + "/{id}", job), 200).get("status").textValue())
                .isEqualTo("PAUSED");
        assertThat(preview.get("executed").asInt()).isEqualTo(executed);
        assertThat(preview.get("skipped").asInt()).isEqualTo(9 - executed);
        assertThat(preview.get("sentence").textValue())
                .isEqualTo("%d executed, %d skipped".formatted(executed, 9 - executed));
        assertThat(preview.get("skippedByReason")).isEqualTo(Api.json(reasons));

        var resumed = Api.tree(Jobs.post(job + "/resume?dryRun=false", request), 200);

        assertThat(
                        past.rows()
                                .number(
                                        "select count(*) from execution where job_id = ? and state in ('QUEUED', 'BLOCKED')",
                                        job))
                .isEqualTo(executed);
        assertThat(
                        past.rows()
                                .number(
                                        "select coalesce(sum(skipped_count), 0) from execution where job_id = ?",
                                        job))
                .isEqualTo(9 - executed);
        assertThat(resumed.get("nextFireAt")).isEqualTo(preview.get("nextFireAt"));
        if (executed > 0) {
            assertThat(preview.get("lastExecuted").textValue()).isEqualTo(past.hour().toString());
            assertThat(Instant.parse(preview.get("firstExecuted").textValue()))
                    .isEqualTo(past.hour().minus(Duration.ofHours(executed - 1)));
        }
    }

    @Test
    void aJobThatIsNotPausedHasNothingToCatchUpWith() {
        var job = Jobs.create();

        var preview =
                Api.tree(
                        Jobs.post(job + "/resume?dryRun=true", Map.of("catchUp", "FIRE_ALL")), 200);

        assertThat(preview.get("sentence").textValue()).isEqualTo("0 executed, 0 skipped");
        assertThat(preview.hasNonNull("nextFireAt")).isTrue();
    }

    @Test
    void aDryRunOfAnUnknownJobIsNotFound() {
        assertProblem(
                Jobs.post(java.util.UUID.randomUUID() + "/resume?dryRun=true", Map.of()),
                404,
                "not-found");
    }
}
