package io.carillon.problem;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.created;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.Api;
import io.carillon.support.Database;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** All that is wrong with a body is said at once, in the client's words, with what was meant. */
@QuarkusTest
class WholeBodyTest {

    @Test
    void everythingThatIsWrongIsSaidAtOnce() {
        var before = Database.stored();

        var response =
                body("""
                                {"name": "", "job_type": "noop", "is_active": true, "priority": 10, "timeout": "soon",
                                 "retry": {"max_retries": 3, "jitter": "x", "delay": "31d"}, "labels": {"a": 1},
                                 "enabled": "yes", "schedule": {"cron": "61 * * * *", "tz": "UTC"}}
                                """)
                        .post(JOBS);

        assertProblem(
                response,
                400,
                "invalid-request",
                "enabled",
                "is_active",
                "job_type",
                "labels.a",
                "name",
                "priority",
                "retry.delay",
                "retry.jitter",
                "retry.max_retries",
                "schedule.cron",
                "schedule.tz",
                "timeout",
                "type");
        assertThat(Database.stored()).isEqualTo(before);
    }

    @Test
    void aConfigIsWrongTogetherWithOtherFields() {
        assertProblem(
                body("{\"name\": \"a\", \"type\": \"http\", \"weight\": 0, \"config\": {\"uri\": \"x\", \"headers\": 1}}")
                        .post(JOBS),
                400,
                "invalid-request",
                "config.headers",
                "config.uri",
                "config.url",
                "weight");
    }

    @Test
    void everyJobOfABatchSaysAllThatIsWrongWithIt() {
        var result =
                tree(
                        body("{\"jobs\": [{\"title\": \"a\", \"kind\": \"noop\", \"priority\": 11}]}")
                                .post(JOBS + "/batch"),
                        200);

        assertThat(result.at("/items/0/problem/violations").findValuesAsText("field"))
                .containsExactly(
                        "jobs[0].kind",
                        "jobs[0].name",
                        "jobs[0].priority",
                        "jobs[0].title",
                        "jobs[0].type");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "job_type, type",
        "jobType, type",
        "cronExpression, schedule",
        "cron, schedule",
        "is_active, enabled",
        "timeout_seconds, timeout",
        "timeoutMs, timeout",
        "max_retries, retry.maxAttempts",
        "maxAttempts, retry.maxAttempts",
        "max_attempts, retry.maxAttempts",
        "catch_up_limit, catchUpLimit",
        "timezone, schedule.timeZone",
        "prioritty, priority",
        "descripton, description",
        "payload, config",
        "tags, labels",
    })
    void whatWasProbablyMeantIsSaid(String field, String meant) {
        var problem =
                assertProblem(body(aJob().put(field, 1)).post(JOBS), 400, "invalid-request", field);

        assertThat(problem.at("/violations/0/message").textValue())
                .startsWith("unknown field; did you mean " + meant + "? Known are after, ");
    }

    @Test
    void aNameThatIsNearNothingHasNoHint() {
        var problem =
                assertProblem(
                        body(aJob().put("zzzzzz", 1)).post(JOBS), 400, "invalid-request", "zzzzzz");

        assertThat(problem.get("detail").textValue()).contains("unknown field; known are after, ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"type\": null,", "\"type\": \"\",", "\"type\": \"htp\","})
    void aTypeThatThereIsNotListsThoseThatThereAre(String type) {
        var job =
                assertProblem(
                        body("{" + type + "\"name\": \"a\"}").post(JOBS),
                        400,
                        "invalid-request",
                        "type");
        var submission =
                assertProblem(
                        body("{" + type + "\"queue\": \"a\"}").post(EXECUTIONS),
                        400,
                        "invalid-request",
                        "type");

        var types = new ArrayList<String>();
        tree(get("/api/v1/job-types"), 200)
                .get("items")
                .forEach(each -> types.add(each.get("type").textValue()));
        for (JsonNode problem : List.of(job, submission)) {
            assertThat(problem.get("detail").textValue())
                    .contains("types are " + String.join(", ", types));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "rate(5 minutes) | {\"every\": \"5m\"}",
                "rate(1 hour) | {\"every\": \"1h\"}",
                "every 5 minutes | {\"every\": \"5m\"}",
                "5m | {\"every\": \"5m\"}",
                "every day at 9 | \"0 9 * * *\"",
                "every day at 9 | {\"every\": \"24h\"}",
                "every day at 9:30 pm | \"30 21 * * *\"",
                "every monday | {\"every\": \"5m\"}",
                "cron(0 9 * * ? *) | write the fields alone",
                "2026-12-01T09:00:00Z | {\"at\": ",
            })
    void aScheduleWrittenAsElsewhereIsToldHowItIsWrittenHere(String schedule, String hint) {
        var problem =
                assertProblem(
                        body(aJob().put("schedule", schedule)).post(JOBS),
                        400,
                        "invalid-request",
                        "schedule.cron");

        assertThat(problem.get("detail").textValue()).contains(hint);
    }

    /** Syntax, depth, length and ranges, of which the parser has messages for programmers. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[1, 2",
                "{\"name\": NaN}",
                "{\"name\": \"a",
                "{\"name\": \"\\x\"}",
                "{\"name\": 01}",
                "{\"name\": +1}",
                "{\"name\": .5}",
                "{\"name\": tru}",
                "{\"a\": 1, \"a\": 2}",
                "{\"priority\": 9223372036854775808}",
                "{\"priority\": 3000000000}",
                "{\"priority\": []}",
                "{\"after\": {\"jobId\": \"7\"}}",
                "{\"after\": \"7\"}",
                "{\"after\": {\"on\": \"NEVER\"}}",
                "{\"labels\": {\"a\": {}}}",
                "{\"labels\": {\"{a}${b}\": 1}}",
                "{\"config\": {\"a\": \"\\ud800\"}}",
                "{\"#long\": 1}",
                "{\"#number\": 1}",
                "{\"#deep\": 1}",
                "7",
                "\"a\"",
                "[]",
            })
    void noMessageSpeaksOfTheProgram(String text) {
        String json =
                text.replace("#long", "x".repeat(60_000))
                        .replace("\"#number\": 1", "\"priority\": " + "1".repeat(2000))
                        .replace("\"#deep\": 1", "\"config\": " + "[".repeat(2000));

        for (String path : List.of("jobs", "executions", "jobs/batch", "schedules/preview")) {
            var response = body(json).post("/api/v1/" + path);

            assertThat(response.statusCode()).as(response.asString()).isEqualTo(400);
            assertThat(response.asString().replace("x".repeat(60_000), ""))
                    .doesNotContainPattern(
                            "(?i)jackson|deserializ|`|java\\.|StreamRead|JsonRead|_FEATURE|\\[Source|token type|READ_|`int`|creator|LinkedHashMap|JsonNode|ObjectNode|io\\.carillon");
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"30, PT30S", "1.5, PT1.5S", "0.25, PT0.25S", "86400, PT24H", "1e2, PT1M40S"})
    void aNumberIsADurationInSecondsWhereverOneIsTaken(String number, String duration) {
        var job = aJob();
        job.set("timeout", Api.json(number));
        job.set("startDeadline", Api.json(number));
        job.set("catchUpWindow", Api.json(number));
        job.set("retry", Api.json("{\"delay\": " + number + ", \"maxDelay\": " + number + "}"));
        job.set("schedule", Api.json("{\"every\": " + number + ", \"jitter\": " + number + "}"));
        job.set("config", Api.json("{\"sleep\": " + number + "}"));

        var created = tree(body(job).post(JOBS), 201);

        for (String path :
                List.of(
                        "/timeout",
                        "/startDeadline",
                        "/catchUpWindow",
                        "/retry/delay",
                        "/retry/maxDelay",
                        "/schedule/every",
                        "/schedule/jitter")) {
            assertThat(created.at(path).textValue()).as(path).isEqualTo(duration);
        }
        var submission = Api.object().put("type", "noop").put("runAt", "2190-01-01T00:00:00Z");
        submission.set("timeout", Api.json(number));
        tree(body(submission).post(EXECUTIONS), 202);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "0", "1e400", "99999999999", "1e-400", "true", "[]", "\"30\""})
    void whatIsNoNumberOfSecondsIsRefused(String number) {
        var job = aJob();
        job.set("timeout", Api.json("{\"a\": " + number + "}").get("a"));

        assertProblem(
                body(job.toString().replace("\"timeout\":null", "\"timeout\":" + number))
                        .post(JOBS),
                400,
                "invalid-request",
                "timeout");
    }

    @Test
    void aJobAsItWasAnsweredCanBePutBack() {
        var job = aJob("{\"cron\": \"0 9 * * 1\", \"timeZone\": \"Europe/Paris\"}");
        job.put("description", "d").set("labels", Api.json("{\"a\": \"b\"}"));
        String id = createdId(job);
        Api.triggered(id, "{}");
        Api.body("{\"note\": \"n\"}").post(JOBS + "/{id}/pause", id);
        var answered = (ObjectNode) tree(get(JOBS + "/{id}", id), 200);

        var same = tree(body(answered).put(JOBS + "/{id}", id), 200);
        var changed = tree(body(answered.put("priority", 8)).put(JOBS + "/{id}", id), 200);

        assertThat(same.get("version")).isEqualTo(answered.get("version"));
        assertThat(changed.get("priority").asInt()).isEqualTo(8);
        assertThat(changed.get("id").textValue()).isEqualTo(id);
        assertThat(changed.get("createdAt")).isEqualTo(answered.get("createdAt"));
    }

    @Test
    void readOnlyFieldsAreUnknownWhereAJobIsCreatedAndOthersWhereItIsPut() {
        var answered = created(aJob());

        assertProblem(
                body("{\"name\": \"a\", \"type\": \"noop\", \"version\": 3}").post(JOBS),
                400,
                "invalid-request",
                "version");
        assertProblem(
                body(((ObjectNode) answered).put("statuss", 1))
                        .put(JOBS + "/{id}", answered.get("id").textValue()),
                400,
                "invalid-request",
                "statuss");
    }

    @Test
    void aQueueAndACalendarAsTheyWereAnsweredCanBePutBack() {
        String queue = "/api/v1/queues/" + unique("q");
        String calendar = "/api/v1/calendars/" + unique("c");
        tree(body("{\"maxConcurrent\": 3}").put(queue), 201);
        tree(body("{\"entries\": [{\"yearly\": \"12-25\"}]}").put(calendar), 201);

        for (String path : List.of(queue, calendar)) {
            var answered = tree(get(path), 200);

            var same = tree(body(answered).put(path), 200);

            assertThat(same.get("name")).isEqualTo(answered.get("name"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GMT+5, +05:00, -05:00",
        "UTC-3, -03:00, +03:00",
        "UT+05:30, +05:30, -05:30",
        "GMT+0530, +05:30, -05:30"
    })
    void aTimeZoneThatMeansTwoIsRefusedWithBoth(String zone, String one, String other) {
        var job = aJob("{\"cron\": \"0 9 * * *\", \"timeZone\": \"" + zone + "\"}");
        var preview = Api.object();
        preview.set("schedule", job.get("schedule"));
        var calendar =
                Api.json(
                        "{\"entries\": [{\"yearly\": \"12-25\"}], \"timeZone\": \"" + zone + "\"}");
        var line = "CRON_TZ=" + zone + "\\n0 9 * * * a\\n";
        var imported =
                tree(
                        body("{\"crontab\": \"" + line + "\", \"template\": {\"type\": \"noop\"}}")
                                .post(JOBS + "/import?dryRun=true"),
                        200);

        for (JsonNode problem :
                List.of(
                        assertProblem(
                                body(job).post(JOBS), 400, "invalid-request", "schedule.timeZone"),
                        assertProblem(
                                body(preview).post("/api/v1/schedules/preview"),
                                400,
                                "invalid-request",
                                "schedule.timeZone"),
                        assertProblem(
                                body(calendar).put("/api/v1/calendars/" + unique("c")),
                                400,
                                "invalid-request",
                                "timeZone"),
                        imported.at("/items/0/problem"))) {
            assertThat(problem.path("detail").asText()).contains(one, other);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GMT", "GMT+0", "UTC", "Etc/GMT+5", "+05:00", "-03:30", "EST5EDT"})
    void aTimeZoneThatMeansOneIsAccepted(String zone) {
        created(aJob("{\"cron\": \"0 9 * * *\", \"timeZone\": \"" + zone + "\"}"));
    }
}
