package io.carillon.dashboard;

import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.aSubmission;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Causes and consequences on the page of an execution, and the year of a calendar. */
@QuarkusTest
class RelativesPagesTest {
    /** As many jobs as the page shows of a minute. */
    private static final int HOT = 50;

    private static final Pattern BOX = Pattern.compile("<rect class=\"box\"");

    private final List<String> mine = new ArrayList<>();

    @AfterEach
    void deleteWhatFiresOften() {
        mine.forEach(id -> request().delete(JOBS + "/{id}", id));
    }

    @Test
    void anExecutionLeadsToWhatItCausedAndBack() {
        String first = createdId(aJob());
        var follower = aJob();
        follower.remove("schedule");
        follower.putObject("after").put("jobId", first).put("on", "ANY");
        String second = createdId(follower);
        String cause = triggered(first, "{}").get("id").textValue();
        await().until(
                        () ->
                                !tree(get(JOBS + "/{id}/executions", second), 200)
                                        .get("items")
                                        .isEmpty());
        String caused =
                tree(get(JOBS + "/{id}/executions", second), 200).at("/items/0/id").textValue();

        assertThat(page(cause)).contains("class=\"relative\" href=\"/executions/" + caused);
        assertThat(page(caused)).contains("class=\"relative\" href=\"/executions/" + cause);
    }

    @Test
    void aReplayAndItsDeadLetterLeadToEachOther() {
        var submission = aSubmission();
        submission.putObject("config").put("failures", 9);
        submission.putObject("retry").put("maxAttempts", 1);
        String letter = submittedId(submission);
        ended(letter);
        String replay =
                tree(post("/api/v1/executions/{id}/replay", letter), 202).get("id").textValue();

        assertThat(page(letter)).contains("class=\"relative\" href=\"/executions/" + replay);
        assertThat(page(replay)).contains("class=\"relative\" href=\"/executions/" + letter);
    }

    @Test
    void ofALongChainAFewGenerationsAreDrawn() {
        String previous = submittedId(aSubmission().put("runAt", "2190-01-01T00:00:00Z"));
        String middle = previous;
        for (int index = 1; index < 20; index++) {
            var next = aSubmission();
            next.putArray("dependsOn").add(previous);
            previous = submittedId(next);
            middle = index == 10 ? previous : middle;
        }

        String page = page(middle);

        assertThat(BOX.matcher(page).results()).hasSize(7);
        assertThat(page).contains("there are more than are drawn");
    }

    @Test
    void ofManyThatWaitForOneAFewAreDrawn() {
        String first = submittedId(aSubmission().put("runAt", "2190-01-01T00:00:00Z"));
        for (int index = 0; index < 12; index++) {
            var next = aSubmission();
            next.putArray("dependsOn").add(first);
            submittedId(next);
        }

        String page = page(first);

        assertThat(BOX.matcher(page).results()).hasSize(9);
        assertThat(page).contains("there are more than are drawn");
    }

    @Test
    void whatHasNoRelativesHasNoGraph() {
        String alone = submittedId(aSubmission());

        assertThat(page(alone)).doesNotContain("Causes and consequences");
    }

    @Test
    void aCalendarShowsItsYearAndItsJobs() {
        String name = unique("closed");
        body("{\"timeZone\": \"Europe/Paris\", \"entries\": [{\"name\": \"Christmas\", \"yearly\": \"12-25\"}]}")
                .put("/api/v1/calendars/" + name);
        String id =
                createdId(
                        aJob("{\"cron\": \"0 9 * * *\", \"exclude\": [\"" + name + "\"]}")
                                .put("name", name + "-job"));

        String page = get("/calendars/" + name + "?year=2027").asString();

        assertThat(page)
                .contains("Sat 25 Dec: Christmas")
                .contains("December: 1 day excluded, 0 in part")
                .contains("/jobs/" + id)
                .contains("year=2026")
                .contains("year=2028");
        assertThat(page.length()).isLessThan(100_000);
        assertThat(get("/calendars/" + name + "?year=soon").statusCode()).isEqualTo(400);
        assertThat(get("/calendars/nobody-has-this").statusCode()).isEqualTo(404);
    }

    @Test
    void aCalendarOfManyEntriesWithLongNamesIsASmallPage() {
        String name = unique("long");
        var entries = new ArrayList<String>();
        for (int index = 0; index < 5; index++) {
            entries.add(
                    "{\"name\": \"%d%s\", \"days\": [\"MON\", \"WED\", \"FRI\"]}"
                            .formatted(index, "x".repeat(250)));
        }
        body("{\"entries\": [" + String.join(",", entries) + "]}")
                .put("/api/v1/calendars/" + name)
                .then()
                .statusCode(201);

        String page = get("/calendars/" + name + "?year=2027").asString();

        assertThat(page).contains("And 57 more later in the year").doesNotContain("x".repeat(60));
        assertThat(page.length()).isLessThan(150_000);
    }

    @Test
    void aHotMinuteNamesItsJobsAndQuieterMinutes() {
        for (int index = 0; index < HOT; index++) {
            mine.add(createdId(aJob("\"* * * * *\"")));
        }
        String first = createdId(aJob("\"17 4 * * *\""));
        String second = createdId(aJob("\"17 4 * * *\""));
        String alone = createdId(aJob("{\"cron\": \"18 4 * * *\", \"jitter\": \"1s\"}"));
        mine.addAll(List.of(first, second, alone));

        String page = get("/forecast?at=2190-03-01T04:17:00Z").asString();

        assertThat(page)
                .contains("/jobs/" + first + "/edit")
                .contains("/jobs/" + second + "/edit")
                .contains("Quieter near it")
                .doesNotContain("/jobs/" + alone);
        assertThat(get("/forecast?at=soon").statusCode()).isEqualTo(400);
    }

    @Test
    void thePageOfAPausedJobSaysWhoPausedIt() {
        String id = createdId(aJob("\"0 9 * * *\""));
        body("{\"note\": \"ask Ada\"}").post(JOBS + "/{id}/pause", id);

        assertThat(get("/jobs/{id}", id).asString())
                .containsPattern("Paused by anonymous <time[^>]*>[^<]*</time>: ask Ada");
    }

    private static String page(String execution) {
        return get("/executions/{id}", execution).asString();
    }
}
