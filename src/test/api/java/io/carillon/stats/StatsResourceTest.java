package io.carillon.stats;

import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.aSubmission;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.support.Database;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@QuarkusTest
class StatsResourceTest {
    private static final int SUCCEEDING = 5;

    @Inject Activity activity;

    @Test
    void whatEndedIsCountedOnceInItsMinuteAndInTheSums() {
        activity.store();
        var before = stats();
        for (int index = 0; index < SUCCEEDING; index++) {
            ended(submittedId(aSubmission()));
        }
        var failing = aSubmission();
        failing.putObject("config").put("failures", 9);
        failing.putObject("retry").put("maxAttempts", 2).put("delay", "10ms");
        ended(submittedId(failing));

        activity.store();
        activity.store();
        var after = stats();

        for (String window : new String[] {"lastHour", "lastDay"}) {
            assertThat(more(before, after, window, "succeeded"))
                    .as(window)
                    .isGreaterThanOrEqualTo(SUCCEEDING);
            assertThat(more(before, after, window, "failed")).as(window).isGreaterThanOrEqualTo(1);
            assertThat(more(before, after, window, "retried")).as(window).isGreaterThanOrEqualTo(1);
        }
        long noops = after.at("/lastHour/byType/noop/succeeded").longValue();
        assertThat(noops - before.at("/lastHour/byType/noop/succeeded").longValue())
                .isGreaterThanOrEqualTo(SUCCEEDING);
        assertThat(after.at("/lastHour/successRate").doubleValue()).isBetween(0.0, 1.0);
        assertThat(Duration.parse(after.at("/lastHour/startDelay/p99").textValue())).isPositive();
    }

    @Test
    void theMinutesAddUpToTheHour() {
        ended(submittedId(aSubmission()));
        activity.store();

        var stats = stats();

        assertThat(stats.get("minutes")).hasSize(60);
        long sum = 0;
        for (var minute : stats.get("minutes")) {
            sum += minute.get("succeeded").longValue();
        }
        assertThat(sum).isEqualTo(stats.at("/lastHour/succeeded").longValue()).isPositive();
    }

    @Test
    void firingsAreCounted() {
        long before = stats().at("/lastHour/fired").longValue();
        createdId(aJob("{\"every\": \"100ms\", \"maxRuns\": 3}"));

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> {
                            activity.store();
                            assertThat(stats().at("/lastHour/fired").longValue())
                                    .isGreaterThanOrEqualTo(before + 3);
                        });
    }

    @Test
    void whatIsOlderThanItsWindowIsNotCountedAndForgottenAfterADay() {
        var before = stats();
        Database.change(
                "insert into activity (minute, kind, name, count) values"
                        + " (date_trunc('minute', now()) - interval '2 hours', 'ENDED_FAILED', 'old', 1000),"
                        + " (date_trunc('minute', now()) - interval '26 hours', 'ENDED_FAILED', 'old', 1000000)");

        var after = stats();
        assertThat(more(before, after, "lastHour", "failed")).isLessThan(1000);
        assertThat(more(before, after, "lastDay", "failed")).isBetween(1000L, 2000L);

        activity.store();
        assertThat(Database.number("select count(*) from activity where name = 'old'"))
                .isEqualTo(1);
    }

    private static JsonNode stats() {
        return tree(get("/api/v1/stats"), 200);
    }

    private static long more(JsonNode before, JsonNode after, String window, String field) {
        return after.get(window).get(field).longValue() - before.get(window).get(field).longValue();
    }
}
