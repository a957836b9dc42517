package io.carillon.problem;

import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.carillon.support.Api;
import io.carillon.support.Database;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with a job is said with the field that is wrong, and nothing is created. */
@QuarkusTest
class BadJobTest {

    static Stream<Arguments> wrongFields() {
        return Stream.of(
                wrong("name", "\"name\": null"),
                wrong("name", "\"name\": \"  \""),
                wrong("name", "\"name\": \"" + "n".repeat(256) + "\""),
                wrong("name", "\"name\": 7"),
                wrong("name", "\"name\": {\"a\": 1}"),
                wrong("name", "\"name\": [\"a\"]"),
                wrong("name", "\"name\": \"a\\u0000b\""),
                wrong("name", "\"name\": \"a\\ud800b\""),
                wrong("name", "\"name\": \"a\\udc00\\ud800\""),
                wrong("namespace", "\"namespace\": \"Not A Name\""),
                wrong("namespace", "\"namespace\": \"a\\u0000\""),
                wrong("description", "\"description\": \"" + "d".repeat(4001) + "\""),
                wrong("description", "\"description\": \"\\u0000\""),
                wrong("type", "\"type\": null"),
                wrong("type", "\"type\": \"\""),
                wrong("type", "\"type\": \"unheard_of\""),
                wrong("type", "\"type\": \"\\u0000\""),
                wrong("queue", "\"queue\": \"-\""),
                wrong("priority", "\"priority\": 10"),
                wrong("priority", "\"priority\": -1"),
                wrong("priority", "\"priority\": \"5\""),
                wrong("priority", "\"priority\": 5.5"),
                wrong("priority", "\"priority\": 1e400"),
                wrong("priority", "\"priority\": 9223372036854775808"),
                wrong("priority", "\"priority\": true"),
                wrong("priority", "\"priority\": []"),
                wrong("timeout", "\"timeout\": \"soon\""),
                wrong("timeout", "\"timeout\": -30"),
                wrong("timeout", "\"timeout\": \"0s\""),
                wrong("timeout", "\"timeout\": \"8d\""),
                wrong("timeout", "\"timeout\": \"-5s\""),
                wrong("timeout", "\"timeout\": \"PT99999999999999999999S\""),
                wrong("retry", "\"retry\": 3"),
                wrong("retry", "\"retry\": []"),
                wrong("retry", "\"retry\": \"often\""),
                wrong("retry.maxAttempts", "\"retry\": {\"maxAttempts\": 0}"),
                wrong("retry.maxAttempts", "\"retry\": {\"maxAttempts\": \"3\"}"),
                wrong("retry.backoff", "\"retry\": {\"backoff\": \"SIDEWAYS\"}"),
                wrong("retry.backoff", "\"retry\": {\"backoff\": 0}"),
                wrong("retry.delay", "\"retry\": {\"delay\": \"31d\"}"),
                wrong("retry.jitter", "\"retry\": {\"jitter\": 1.5}"),
                wrong("retry.jitter", "\"retry\": {\"jitter\": \"NaN\"}"),
                wrong("retry.jitter", "\"retry\": {\"jitter\": 1e400}"),
                wrong("retry.x", "\"retry\": {\"x\": 1}"),
                wrong("delivery", "\"delivery\": \"PERHAPS\""),
                wrong("misfire", "\"misfire\": \"\""),
                wrong("misfire", "\"misfire\": 1"),
                wrong("catchUpWindow", "\"catchUpWindow\": \"3651d\""),
                wrong("catchUpLimit", "\"catchUpLimit\": 0"),
                wrong("catchUpLimit", "\"catchUpLimit\": 10001"),
                wrong("labels", "\"labels\": []"),
                wrong("labels", "\"labels\": \"a=b\""),
                wrong("labels.a", "\"labels\": {\"a\": 1}"),
                wrong("labels.a", "\"labels\": {\"a\": null}"),
                wrong("labels.a", "\"labels\": {\"a\": \"b\\u0000\"}"),
                wrong("labels.a", "\"labels\": {\"a\": \"" + "v".repeat(256) + "\"}"),
                wrong("enabled", "\"enabled\": \"true\""),
                wrong("enabled", "\"enabled\": 1"),
                wrong("unknown", "\"unknown\": 1"),
                wrong("config", "\"config\": \"x\""),
                wrong("config", "\"config\": [1]"),
                wrong("config.x", "\"config\": {\"x\": 1}"),
                wrong("config.sleep", "\"config\": {\"sleep\": -5}"),
                wrong("config.failures", "\"config\": {\"failures\": -1}"),
                wrong("config.message", "\"config\": {\"message\": \"\\u0000\"}"),
                wrong("config.a.b[1]", "\"config\": {\"a\": {\"b\": [1, \"\\ud800\"]}}"),
                wrong("config.n", "\"config\": {\"n\": 1e99999}"),
                wrong("schedule", "\"schedule\": 5"),
                wrong("schedule", "\"schedule\": []"),
                wrong("schedule", "\"schedule\": {}"),
                wrong("schedule", "\"schedule\": {\"cron\": \"* * * * *\", \"every\": \"1h\"}"),
                wrong("schedule.x", "\"schedule\": {\"cron\": \"* * * * *\", \"x\": 1}"),
                wrong("schedule.cron", "\"schedule\": \"61 * * * *\""),
                wrong("schedule.cron", "\"schedule\": \"\""),
                wrong("schedule.cron", "\"schedule\": {\"cron\": \"nonsense\"}"),
                wrong("schedule.cron", "\"schedule\": {\"cron\": 5}"),
                wrong("schedule.cron", "\"schedule\": {\"cron\": \"* * * * \\u0000\"}"),
                wrong("schedule.every", "\"schedule\": {\"every\": \"1ms\"}"),
                wrong("schedule.every", "\"schedule\": {\"every\": \"often\"}"),
                wrong("schedule.at", "\"schedule\": {\"at\": \"tomorrow\"}"),
                wrong("schedule.at", "\"schedule\": {\"at\": \"+999999999-01-01T00:00:00Z\"}"),
                wrong("schedule.at", "\"schedule\": {\"at\": 1700000000}"),
                wrong(
                        "schedule.timeZone",
                        "\"schedule\": {\"cron\": \"* * * * *\", \"timeZone\": \"Mars/Olympus\"}"),
                wrong(
                        "schedule.timeZone",
                        "\"schedule\": {\"cron\": \"* * * * *\", \"timeZone\": \"\\u0000\"}"),
                wrong(
                        "schedule.dst.gap",
                        "\"schedule\": {\"cron\": \"* * * * *\", \"dst\": {\"gap\": \"JUMP\"}}"),
                wrong(
                        "schedule.endAt",
                        "\"schedule\": {\"every\": \"1h\", \"startAt\": \"2090-01-01T00:00:00Z\","
                                + " \"endAt\": \"2080-01-01T00:00:00Z\"}"));
    }

    private static Arguments wrong(String field, String json) {
        return arguments(field, json);
    }

    /** A job that is right but for one field. */
    private static String jobWith(String field) {
        String name = field.startsWith("\"name\"") ? "" : "\"name\": \"never-created\",";
        String type = field.startsWith("\"type\"") ? "" : "\"type\": \"noop\",";
        return "{" + name + type + field + "}";
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("wrongFields")
    void aWrongFieldIsNamedAndNothingIsCreated(String field, String json) {
        var before = Database.stored();

        var response = body(jobWith(json)).post(JOBS);

        assertProblem(response, 400, "invalid-request", field);
        assertThat(Database.stored()).isEqualTo(before);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("wrongFields")
    void aPatchIsRefusedForTheSameFields(String field, String json) {
        // In a patch, null is no wrong value: it removes one.
        String patch = json.replace("null", "17");
        String id = createdId(aJob());

        var response = body("{" + patch + "}").patch(JOBS + "/{id}", id);

        assertProblem(response, 400, "invalid-request", field);
        assertThat(Api.tree(Api.get(JOBS + "/{id}", id), 200).get("version").asLong()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"config\": {}",
                "\"config\": {\"url\": \"\"}",
                "\"config\": {\"url\": \"ftp://example.com\"}",
                "\"config\": {\"url\": \"http://\"}",
                "\"config\": {\"url\": \"/relative\"}",
                "\"config\": {\"url\": \"http://user:secret@example.com\"}",
                "\"config\": {\"url\": \"http://example.com:99999/\"}",
                "\"config\": {\"url\": \"http://exa mple.com\"}"
            })
    void aUrlThatCannotBeCalledIsRefused(String config) {
        var response = body("{\"name\": \"never\", \"type\": \"http\", " + config + "}").post(JOBS);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(io.carillon.support.Problems.fieldsOf(Api.json(response.asString())))
                .isNotEmpty()
                .containsOnly("config.url");
    }

    static Stream<Arguments> wrongCalls() {
        return Stream.of(
                wrong("config.method", "\"method\": \"G E T\""),
                wrong("config.method", "\"method\": \"connect\""),
                wrong("config.headers", "\"headers\": {\"Host\": \"elsewhere\"}"),
                wrong("config.headers", "\"headers\": {\"a b\": \"c\"}"),
                wrong("config.headers", "\"headers\": {\"a\": \"b\\r\\nc: d\"}"),
                wrong("config.headers", "\"headers\": {\"a\": null}"),
                wrong("config.headers.a", "\"headers\": {\"a\": 1}"),
                wrong("config.headers.a", "\"headers\": {\"a\": \"\\u0000\"}"),
                wrong("config.body.a", "\"body\": {\"a\": \"\\u0000\"}"),
                wrong("config.expectedStatuses", "\"expectedStatuses\": []"),
                wrong("config.expectedStatuses", "\"expectedStatuses\": \"2xx\""),
                wrong("config.expectedStatuses[1]", "\"expectedStatuses\": [\"200\", \"600\"]"),
                wrong("config.expectedStatuses[0]", "\"expectedStatuses\": [null]"),
                wrong("config.expectedStatuses[0]", "\"expectedStatuses\": [200]"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("wrongCalls")
    void aWrongFieldOfAnHttpConfigIsNamed(String field, String json) {
        var response =
                body("{\"name\": \"never\", \"type\": \"http\", \"config\":"
                                + " {\"url\": \"http://example.com\", "
                                + json
                                + "}}")
                        .post(JOBS);

        assertProblem(response, 400, "invalid-request", field);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "{\"name\": }",
                "{\"name\": \"a\", \"name\": \"b\", \"type\": \"noop\"}",
                "{\"name\": \"a\", \"type\": \"noop\"} {}",
                "{\"name\": \"a\", \"type\": \"noop\", \"config\": {\"message\": \"a\", \"message\": \"b\"}}",
                "{\"name\": NaN, \"type\": \"noop\"}",
                "{'name': 'a'}",
                "nonsense",
                "\u0000"
            })
    void whatIsNoJsonIsMalformed(String text) {
        var before = Database.stored();

        var response = body(text).post(JOBS);

        assertProblem(response, 400, "malformed-json");
        assertThat(Database.stored()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[{}]", "\"job\"", "7", "true", "null", "", "  "})
    void aBodyThatIsNoObjectIsRefused(String text) {
        var response = body(text).post(JOBS);

        assertProblem(response, 400, "invalid-request", "");
    }

    @Test
    void nineHundredLevelsOfNestingInAConfigAreRefusedAsAnyUnknownField() {
        String deep = "[".repeat(900) + "]".repeat(900);

        var response = body(jobWith("\"config\": {\"deep\": " + deep + "}")).post(JOBS);

        assertProblem(response, 400, "invalid-request", "config.deep");
    }

    @Test
    void everyWrongFieldIsNamedAtOnce() {
        var response =
                body("{\"name\": \"\", \"type\": \"\", \"priority\": 10, \"timeout\": \"0s\"}")
                        .post(JOBS);

        assertProblem(response, 400, "invalid-request", "name", "priority", "timeout", "type");
    }

    @Test
    void aBadCronExpressionIsExplainedWithItsPosition() {
        var response = body(aJob("{\"cron\": \"0 25 * * *\"}")).post(JOBS);

        var problem = assertProblem(response, 400, "invalid-request", "schedule.cron");
        assertThat(problem.get("violations").get(0).get("message").textValue())
                .contains("25", "character 3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"0 0 30 2 *\"", "{\"cron\": \"0 0 31 4 *\"}"})
    void aScheduleThatNeverFiresIsUnprocessable(String schedule) {
        var before = Database.stored();

        var response = body(aJob(schedule)).post(JOBS);

        assertProblem(response, 422, "never-fires", "schedule.cron");
        assertThat(Database.stored()).isEqualTo(before);
    }

    @Test
    void anInstantInThePastIsUnprocessable() {
        var response = body(aJob("{\"at\": \"2020-01-01T00:00:00Z\"}")).post(JOBS);

        assertProblem(response, 422, "never-fires", "schedule.at");
    }

    @Test
    void aScheduleThatEndedInThePastIsUnprocessable() {
        var response =
                body(aJob("{\"cron\": \"* * * * *\", \"endAt\": \"2020-01-01T00:00:00Z\"}"))
                        .post(JOBS);

        assertProblem(response, 422, "never-fires", "schedule.endAt");
    }

    @Test
    void aNameThatIsTakenConflicts() {
        var job = aJob();
        createdId(job);
        var before = Database.stored();

        var response = body(job).post(JOBS);

        assertProblem(response, 409, "conflict", "name");
        assertThat(Database.stored()).isEqualTo(before);
    }

    @Test
    void aJobCannotTakeTheNameOfAnother() {
        var taken = aJob();
        createdId(taken);
        String id = createdId(aJob());

        assertProblem(body(taken).put(JOBS + "/{id}", id), 409, "conflict", "name");
        assertProblem(
                body(Api.object().set("name", taken.get("name"))).patch(JOBS + "/{id}", id),
                409,
                "conflict",
                "name");
    }

    @Test
    void aNameOf255CharactersOfAnyKindIsAccepted() {
        String name = "🔔".repeat(100) + "\u0001\t\"\\<é>" + Api.unique("n");

        var job = Api.created(aJob().put("name", name));

        assertThat(job.get("name").textValue()).isEqualTo(name);
    }

    @Test
    void badJobsAreRefusedOnEveryEndpointThatTakesABody() {
        String id = createdId(aJob());

        for (var path : List.of("/pause", "/resume", "/trigger")) {
            assertProblem(
                    body("{\"x\": 1}").post(JOBS + "/{id}" + path, id),
                    400,
                    "invalid-request",
                    "x");
            assertProblem(body("[]").post(JOBS + "/{id}" + path, id), 400, "invalid-request", "");
            assertProblem(body("{").post(JOBS + "/{id}" + path, id), 400, "malformed-json");
        }
        assertProblem(
                body("{\"note\": \"a\\u0000\"}").post(JOBS + "/{id}/pause", id),
                400,
                "invalid-request",
                "note");
        assertProblem(
                body("{\"catchUp\": \"SOME\"}").post(JOBS + "/{id}/resume", id),
                400,
                "invalid-request",
                "catchUp");
        assertProblem(
                body("{\"config\": {\"x\": 1}}").post(JOBS + "/{id}/trigger", id),
                400,
                "invalid-request",
                "config.x");
        assertProblem(
                body("{\"config\": {\"message\": \"\\u0000\"}}").post(JOBS + "/{id}/trigger", id),
                400,
                "invalid-request",
                "config.message");
    }
}
