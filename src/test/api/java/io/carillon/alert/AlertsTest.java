package io.carillon.alert;

import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.HttpTarget;
import io.carillon.support.Rows;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs that fail and run again, and what a webhook is told of it. */
@QuarkusTest
class AlertsTest {
    private static final String RULES = "/api/v1/rules";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Inject DataSource dataSource;
    @Inject RuleSweep sweep;

    private final HttpTarget hook = HttpTarget.start();
    private final String team = unique("team");
    private final List<String> rules = new ArrayList<>();
    private Rows rows;

    @BeforeEach
    void prepare() {
        rows = new Rows(dataSource);
    }

    @AfterEach
    void deleteTheRules() {
        for (var rule : tree(get(RULES + "?limit=100"), 200).get("items")) {
            request().delete(RULES + "/{id}", rule.get("id").textValue());
        }
        hook.close();
    }

    @Test
    void theSecondFailureInARowIsToldOnceAndSoIsWhatMendsIt() throws SQLException {
        String rule = made(ofTeam().put("failuresInARow", 2));
        String job = aJobThatFails();

        runs(job, "FAILED");
        allIsJudged();
        assertThat(toldBy(rule)).as("after the first").isZero();
        String second = runs(job, "FAILED");
        var told = message(1);
        runs(job, "FAILED");
        allIsJudged();
        mended(job);
        runs(job, "SUCCEEDED");
        allIsJudged();
        aMinutePasses(rule);
        var recovered = message(2);

        assertThat(told.at("/rule/id").textValue()).isEqualTo(rule);
        assertThat(told.get("count").intValue()).isEqualTo(1);
        assertThat(told.at("/events/0/kind").textValue()).isEqualTo("FAILED");
        assertThat(told.at("/events/0/job/id").textValue()).isEqualTo(job);
        assertThat(told.at("/events/0/execution/id").textValue()).isEqualTo(second);
        assertThat(told.at("/events/0/failuresInARow").intValue()).isEqualTo(2);
        assertThat(told.at("/events/0/error/code").textValue()).isEqualTo("NOOP_FAILURE");
        assertThat(told.get("text").textValue()).contains("2 times in a row", "told to fail");
        assertThat(recovered.at("/events/0/kind").textValue()).isEqualTo("RECOVERED");
        assertThat(recovered.get("count").intValue()).isEqualTo(1);
        assertThat(recovered.get("text").textValue()).contains("runs well again, after 3 failures");
        assertThat(states(rule)).isZero();
    }

    @Test
    void whatHappensWithinAMinuteOfAMessageIsOneMessage() throws SQLException {
        String rule = made(ofTeam().put("everyFailure", true));
        String job = aJobThatFails();
        runs(job, "FAILED");
        message(1);

        for (int run = 0; run < 25; run++) {
            runs(job, "FAILED");
        }
        allIsJudged();
        assertThat(rows.number("select count(*) from alert_news where rule_id = ?::uuid", rule))
                .as("for the next message")
                .isEqualTo(25);
        aMinutePasses(rule);

        var told = message(2);
        assertThat(told.get("count").intValue()).isEqualTo(25);
        assertThat(told.get("events")).hasSize(Messages.MAX_EVENTS);
        assertThat(told.get("text").textValue()).endsWith("And 5 more.");
    }

    @Test
    void aRuleIsOfTheJobsItNamesAlone() throws SQLException {
        String rule = made(ofTeam());
        String other = createdId(failing(aJob()));

        runs(other, "FAILED");
        allIsJudged();

        assertThat(states(rule)).isZero();
        runs(aJobThatFails(), "FAILED");
        assertThat(message(1).get("count").intValue()).isEqualTo(1);
    }

    @Test
    void whatIsMutedIsNotToldAndNotMadeUpFor() throws SQLException {
        String rule = made(ofTeam().put("mutedUntil", "2190-01-01T00:00:00Z"));
        String job = aJobThatFails();
        runs(job, "FAILED");
        allIsJudged();

        assertThat(toldBy(rule)).isZero();
        tree(body(ofTeam().put("name", unique("rule"))).put(RULES + "/{id}", rule), 200);
        runs(job, "FAILED");
        assertThat(message(1).at("/events/0/failuresInARow").intValue()).isEqualTo(2);
    }

    @Test
    void whatIsToldIsNotLookedThroughForPlaceholders() throws SQLException {
        made(ofTeam());
        var job = failing(aJob());
        job.putObject("labels").put("team", team);
        job.put("name", unique("{{secret.token}} {{job.id}} {{"));

        runs(createdId(job), "FAILED");

        var told = message(1);
        assertThat(told.at("/events/0/job/name")).isEqualTo(job.get("name"));
        assertThat(told.get("text").textValue()).startsWith(job.get("name").textValue());
    }

    @Test
    void aMessageThatIsNotTakenIsTriedAgain() {
        hook.answers(500).answers(200);
        made(ofTeam());

        runs(aJobThatFails(), "FAILED");

        message(2);
        assertThat(hook.calls().get(0).headers().get("Idempotency-Key"))
                .as("the same message")
                .isEqualTo(hook.calls().get(1).headers().get("Idempotency-Key"));
    }

    /** It has no job, so no rule is about it, not even one of everything. */
    @Test
    void aMessageThatFailsForGoodTellsNobody() throws SQLException {
        hook.answers(400);
        String namespace = unique("namespace");
        var everything = object().put("name", "all").put("namespace", namespace);
        everything.set("webhook", webhook("JSON"));
        String rule = made(everything);

        runs(createdId(failing(aJob().put("namespace", namespace))), "FAILED");
        message(1);
        await().atMost(PATIENCE)
                .until(
                        () ->
                                rows.texts(
                                        "select state from execution where labels ->> 'rule' = ?",
                                        rule),
                        List.of("FAILED")::equals);

        allIsJudged();
        assertThat(toldBy(rule)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"url\": \"http://169.254.169.254/\"}",
                "{\"url\": \"http://localhost/\", \"format\": \"OF_A_LATER_VERSION\"}",
                "7"
            })
    void aMessageThatCannotBeSentStopsNoOther(String webhook) throws SQLException {
        String bad = made(ofTeam());
        String good = made(ofTeam());
        rows.change("update alert_rule set webhook = ?::jsonb where id = ?::uuid", webhook, bad);

        runs(aJobThatFails(), "FAILED");

        message(1);
        await().atMost(PATIENCE).until(() -> waiting(bad) + waiting(good) == 0);
        assertThat(get(RULES).statusCode()).isEqualTo(200);
    }

    @Test
    void aTestArrives() {
        var rule = ofTeam();
        rule.set("webhook", webhook("SLACK"));
        String id = made(rule);

        var answer = tree(post(RULES + "/{id}/test", id), 202);

        ended(answer.get("executionId").textValue());
        assertThat(message(1).get("text").textValue()).contains("This is a test of the rule");
    }

    @Test
    void whatIsAnsweredCanBePutAndAForeignVersionIsRefused() {
        String id = made(ofTeam().put("failuresInARow", 7));
        var rule = tree(get(RULES + "/{id}", id), 200);

        var same = tree(body(rule).put(RULES + "/{id}", id), 200);

        assertThat(same.get("failuresInARow").intValue()).isEqualTo(7);
        assertThat(same.get("labels")).isEqualTo(rule.get("labels"));
        assertProblem(
                body(rule).header("If-Match", "\"99\"").put(RULES + "/{id}", id),
                412,
                "stale-version");
        assertThat(request().delete(RULES + "/{id}", id).statusCode()).isEqualTo(204);
        assertProblem(get(RULES + "/{id}", id), 404, "not-found");
    }

    @Test
    void whatHasNotStartedIsToldInASentence() throws SQLException {
        String queue = unique("queue");
        var job = aJob().put("queue", queue);
        job.putObject("labels").put("team", team);
        String id = createdId(job);
        post("/api/v1/queues/{name}/pause", queue);
        String execution = triggered(id, "{}").get("id").textValue();
        String rule = made(ofTeam().put("lateBy", "5s"));
        rows.change("update alert_rule set late_by_ms = 1 where id = ?::uuid", rule);

        sweep.runOnce();

        var told = message(1);
        assertThat(told.get("text").textValue())
                .startsWith(job.get("name").textValue() + " is late: what was planned for ");
        assertThat(told.at("/events/0/kind").textValue()).isEqualTo("LATE");
        assertThat(told.at("/events/0/since").textValue()).endsWith("Z");
        post("/api/v1/queues/{name}/resume", queue);
        assertThat(ended(execution).get("state").textValue()).isEqualTo("SUCCEEDED");
    }

    @Test
    void aWrongRuleIsRefusedByItsFields() {
        var rule = ofTeam();
        assertProblem(
                body(without(rule, "webhook")).post(RULES), 400, "invalid-request", "webhook");
        assertProblem(body(without(rule, "name")).post(RULES), 400, "invalid-request", "name");
        rule.putObject("webhook").put("url", "ftp://example.com");
        assertProblem(body(rule).post(RULES), 400, "invalid-request", "webhook.url");
        rule.set("webhook", webhook("JSON"));
        assertProblem(
                body(rule.deepCopy().put("jobId", "0196f4a0-1c00-7d8e-9a51-3f6f0c1c2b3a"))
                        .post(RULES),
                400,
                "invalid-request",
                "jobId");
        made(rule);
        assertProblem(body(rule).post(RULES), 409, "conflict");
    }

    private static ObjectNode without(ObjectNode rule, String field) {
        var copy = rule.deepCopy();
        copy.remove(field);
        return copy;
    }

    private ObjectNode ofTeam() {
        var rule = object().put("name", unique("rule"));
        rule.putObject("labels").put("team", team);
        rule.set("webhook", webhook("JSON"));
        return rule;
    }

    private ObjectNode webhook(String format) {
        return object().put("url", hook.url("/hook")).put("format", format);
    }

    private String made(JsonNode rule) {
        String id = tree(body(rule).post(RULES), 201).get("id").textValue();
        rules.add(id);
        return id;
    }

    private String aJobThatFails() {
        var job = failing(aJob());
        job.putObject("labels").put("team", team);
        return createdId(job);
    }

    private static ObjectNode failing(ObjectNode job) {
        job.putObject("config").put("failures", 1);
        job.putObject("retry").put("maxAttempts", 1);
        return job;
    }

    private static void mended(String job) {
        tree(body("{\"config\": {\"failures\": 0}}").patch(JOBS + "/{id}", job), 200);
    }

    /** Runs a job once, and returns the execution. */
    private static String runs(String job, String state) {
        String id = triggered(job, "{}").get("id").textValue();
        assertThat(ended(id).get("state").textValue()).isEqualTo(state);
        return id;
    }

    private void allIsJudged() {
        await().atMost(PATIENCE)
                .until(
                        () ->
                                rows.number(
                                                "select count(*) from alert_end where rule_id = any (?::uuid[])",
                                                "{" + String.join(",", rules) + "}")
                                        == 0);
    }

    /** What a rule has told, and what it is about to tell. */
    private long toldBy(String rule) throws SQLException {
        return rows.number(
                "select (select count(*) from alert_news where rule_id = ?::uuid)"
                        + " + (select count(*) from execution where labels ->> 'rule' = ?)",
                rule,
                rule);
    }

    /** How many jobs a rule counts failures of. */
    private long states(String rule) throws SQLException {
        return rows.number("select count(*) from alert_state where rule_id = ?::uuid", rule);
    }

    private long waiting(String rule) throws SQLException {
        return rows.number("select count(*) from alert_news where rule_id = ?::uuid", rule);
    }

    private void aMinutePasses(String rule) throws SQLException {
        rows.change("update alert_rule set next_message_at = '-infinity' where id = ?::uuid", rule);
    }

    private JsonNode message(int number) {
        List<HttpTarget.Call> calls =
                await().atMost(PATIENCE).until(hook::calls, each -> each.size() >= number);
        return json(calls.get(number - 1).body());
    }
}
