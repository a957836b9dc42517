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
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the services that rules may tell receive, compared with what they document. */
@QuarkusTest
class AlertChannelsTest {
    private static final String RULES = "/api/v1/rules";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String KEY = "R0123456789ABCDEFGHIJKLMNOPQRSTU";

    @Inject DataSource dataSource;

    private final HttpTarget service = HttpTarget.start();
    private final String team = unique("team");
    private final List<String> rules = new ArrayList<>();
    private Rows rows;

    @BeforeEach
    void aKey() {
        rows = new Rows(dataSource);
        service.answers(202);
        body(object().put("value", KEY)).put("/api/v1/secrets/on-call");
    }

    @AfterEach
    void deleteTheRules() {
        for (var rule : tree(get(RULES + "?limit=100"), 200).get("items")) {
            request().delete(RULES + "/{id}", rule.get("id").textValue());
        }
        service.close();
    }

    @Test
    void pagerDutyGetsAnIncidentForEachJobAndItsResolution() throws SQLException {
        String rule = made(channel("PAGERDUTY").put("severity", "CRITICAL"));
        String longName = unique("report " + "long ".repeat(40));
        String job = createdId(failing(ofTeam().put("name", longName)));
        String other = createdId(failing(ofTeam()));
        rows.change("update alert_rule set next_message_at = 'infinity' where id = ?::uuid", rule);
        runs(job, "FAILED");
        runs(other, "FAILED");
        allIsJudged();
        aMinutePasses(rule);
        var opened = List.of(call(1), call(2));
        mended(job);
        runs(job, "SUCCEEDED");
        allIsJudged();
        aMinutePasses(rule);
        var closed = call(3);

        assertThat(opened).allSatisfy(AlertChannelsTest::isAnEventOfPagerDuty);
        assertThat(opened).extracting(each -> each.get("dedup_key")).doesNotHaveDuplicates();
        var first =
                opened.stream()
                        .filter(each -> each.get("dedup_key").textValue().contains(job))
                        .findFirst()
                        .orElseThrow();
        assertThat(first.get("event_action").textValue()).isEqualTo("trigger");
        assertThat(first.at("/payload/severity").textValue()).isEqualTo("critical");
        assertThat(first.at("/payload/summary").textValue())
                .startsWith(longName + " failed. told to fail");
        assertThat(first.at("/payload/custom_details/kind").textValue()).isEqualTo("FAILED");
        isAnEventOfPagerDuty(closed);
        assertThat(closed.get("event_action").textValue()).isEqualTo("resolve");
        assertThat(closed.get("dedup_key")).isEqualTo(first.get("dedup_key"));
        assertThat(rows.texts("select config from execution where labels ->> 'rule' = ?", rule))
                .as("the key is in no row")
                .hasSize(3)
                .noneMatch(config -> config.contains(KEY));
    }

    /** A resolution that overtook would leave the incident open. */
    @Test
    void aResolutionWaitsForWhatItResolves() throws SQLException {
        String rule = made(channel("PAGERDUTY"));
        post("/api/v1/queues/{name}/pause", Messenger.QUEUE);
        try {
            String job = createdId(failing(ofTeam()));
            runs(job, "FAILED");
            await().atMost(PATIENCE).until(() -> states(rule), List.of("QUEUED")::equals);
            mended(job);
            runs(job, "SUCCEEDED");
            allIsJudged();
            aMinutePasses(rule);
            await().atMost(PATIENCE)
                    .until(() -> states(rule), List.of("QUEUED", "BLOCKED")::equals);
        } finally {
            post("/api/v1/queues/{name}/resume", Messenger.QUEUE);
        }

        assertThat(call(1).get("event_action").textValue()).isEqualTo("trigger");
        assertThat(call(2).get("event_action").textValue()).isEqualTo("resolve");
    }

    @Test
    void opsgenieGetsAnAlertForEachJobAndItsEnd() throws SQLException {
        String rule =
                made(
                        channel("OPSGENIE")
                                .put("url", service.url("/hook/"))
                                .put("severity", "WARNING"));
        String name = unique("report " + "long ".repeat(40));
        String job = createdId(failing(ofTeam().put("name", name)));
        runs(job, "FAILED");
        var alert = call(1);
        mended(job);
        runs(job, "SUCCEEDED");
        allIsJudged();
        aMinutePasses(rule);
        var note = call(2);

        var opening = service.calls().getFirst();
        assertThat(opening.path()).isEqualTo("/hook/");
        assertThat(opening.headers()).containsEntry("authorization", "GenieKey " + KEY);
        assertThat(alert.get("message").textValue()).hasSizeLessThanOrEqualTo(130);
        assertThat(name).startsWith(alert.get("message").textValue().substring(0, 100));
        assertThat(alert.get("alias").textValue()).hasSizeLessThanOrEqualTo(512).contains(job);
        assertThat(alert.get("description").textValue())
                .hasSizeLessThanOrEqualTo(15_000)
                .startsWith(name + " failed.");
        assertThat(alert.get("priority").textValue()).isEqualTo("P3");
        assertThat(alert.get("entity").textValue()).isEqualTo(name);
        assertThat(alert.get("source").textValue()).hasSizeLessThanOrEqualTo(100);
        assertThat(alert.get("details")).allMatch(JsonNode::isTextual, "texts alone");
        var closing = service.calls().get(1);
        assertThat(closing.path())
                .isEqualTo(
                        "/hook/" + alert.get("alias").textValue() + "/close?identifierType=alias");
        assertThat(closing.headers()).containsEntry("authorization", "GenieKey " + KEY);
        assertThat(note.get("note").textValue()).contains("runs well again");
    }

    @Test
    void teamsGetsAnAdaptiveCardThatIsNotTooLarge() throws SQLException {
        String rule = made(object().put("format", "TEAMS").put("url", service.url("/hook")));
        rows.change("update alert_rule set next_message_at = 'infinity' where id = ?::uuid", rule);
        for (int each = 0; each < Messages.MAX_EVENTS; each++) {
            var job = failing(ofTeam());
            job.put("name", unique("[ü](https://example.com) " + "ü€".repeat(100)));
            runs(createdId(job), "FAILED");
        }
        allIsJudged();
        aMinutePasses(rule);

        var message = call(1);

        String sent = service.calls().getFirst().body();
        assertThat(sent.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(28_000);
        assertThat(message.get("type").textValue()).isEqualTo("message");
        var attachment = message.at("/attachments/0");
        assertThat(attachment.get("contentType").textValue())
                .isEqualTo("application/vnd.microsoft.card.adaptive");
        var card = attachment.get("content");
        assertThat(card.get("type").textValue()).isEqualTo("AdaptiveCard");
        assertThat(card.get("$schema").textValue())
                .isEqualTo("http://adaptivecards.io/schemas/adaptive-card.json");
        assertThat(card.get("version").textValue()).isEqualTo("1.4");
        assertThat(card.get("body"))
                .as("no Markdown")
                .allMatch(block -> block.get("type").textValue().equals("RichTextBlock"));
        assertThat(card.at("/body/1/inlines/0/text").textValue()).startsWith("[ü](https");
    }

    @Test
    void aTestOpensAnIncidentAndClosesIt() {
        String rule = made(channel("PAGERDUTY"));

        var answer = tree(post(RULES + "/{id}/test", rule), 202);

        ended(answer.get("executionId").textValue());
        assertThat(call(1).get("event_action").textValue()).isEqualTo("trigger");
        assertThat(call(2).get("event_action").textValue()).isEqualTo("resolve");
    }

    @Test
    void aJobIsRunWithTheNews() throws SQLException {
        var repair = aJob().put("type", "http");
        repair.putObject("config")
                .put("method", "POST")
                .put("url", service.url("/repair?of={{cause.job.name}}"));
        String runs = createdId(repair);
        String rule = made(aRule().put("runJobId", runs));
        var broken = failing(ofTeam().put("name", unique("broken")));
        String cause = runs(createdId(broken), "FAILED");

        var input = call(1);

        assertThat(service.calls().getFirst().path())
                .isEqualTo("/repair?of=" + broken.get("name").textValue());
        assertThat(input.at("/rule/id").textValue()).isEqualTo(rule);
        assertThat(input.at("/events/0/execution/id").textValue()).isEqualTo(cause);
        var run = tree(get(JOBS + "/{id}/executions", runs), 200).at("/items/0");
        assertThat(run.get("origin").textValue()).isEqualTo("MANUAL");
        assertThat(run.get("causedBy").textValue()).isEqualTo(cause);
    }

    @Test
    void aRemoteWorkerFindsTheNewsInItsPayload() throws SQLException {
        var repair = aJob().put("type", "custom");
        repair.putObject("config").put("task", "repair").putObject("payload").put("depth", 3);
        String runs = createdId(repair);
        made(aRule().put("runJobId", runs));
        runs(createdId(failing(ofTeam())), "FAILED");

        String config =
                await().atMost(PATIENCE)
                        .until(
                                () ->
                                        rows.texts(
                                                "select config from execution where job_id = ?::uuid",
                                                runs),
                                each -> each.size() == 1)
                        .getFirst();

        assertThat(json(config).at("/payload/depth").intValue()).isEqualTo(3);
        assertThat(json(config).at("/payload/alert/events/0/kind").textValue()).isEqualTo("FAILED");
    }

    /** Each would run the other for ever. */
    @Test
    void rulesDoNotRunJobsInACircle() throws SQLException {
        String one = createdId(failing(ofTeam()));
        String two = createdId(failing(ofTeam()));
        String first = made(aRule().put("everyFailure", true).put("runJobId", one));
        String second = made(aRule().put("everyFailure", true).put("runJobId", two));
        String third = made(object().put("url", service.url("/hook")));

        runs(one, "FAILED");
        runs(two, "FAILED");
        allIsJudged();
        var told = call(1);

        assertThat(told.at("/rule/id").textValue()).as("people are told").isEqualTo(third);
        assertThat(
                        rows.number(
                                "select count(*) from alert_state where rule_id in (?::uuid, ?::uuid)",
                                first,
                                second))
                .isZero();
    }

    @Test
    void aPausedJobIsNotRunAndADeletedOneIsLogged() throws SQLException {
        String paused = createdId(aJob().put("enabled", false));
        String rule = made(aRule().put("runJobId", paused));
        runs(createdId(failing(ofTeam())), "FAILED");

        await().atMost(PATIENCE)
                .until(
                        () ->
                                rows.texts(
                                        "select reason from execution where job_id = ?::uuid",
                                        paused),
                        List.of("PAUSED")::equals);
        request().delete(JOBS + "/{id}", paused);
        runs(createdId(failing(ofTeam())), "FAILED");
        allIsJudged();
        aMinutePasses(rule);
        await().atMost(PATIENCE)
                .until(
                        () ->
                                rows.number(
                                                "select count(*) from alert_news where rule_id = ?::uuid",
                                                rule)
                                        == 0);
    }

    @Test
    void aWrongChannelIsRefusedByItsFields() {
        refused(object().put("format", "PAGERDUTY"), "webhook.key");
        refused(object().put("format", "PAGERDUTY").put("key", KEY), "webhook.key");
        refused(
                object().put("format", "OPSGENIE").put("key", "{{secret.no-such}}"),
                "webhook.headers.Authorization");
        refused(
                object().put("format", "PAGERDUTY").put("key", "{{secret.no-such}}"),
                "webhook.body.routing_key");
        refused(object().put("format", "TEAMS"), "webhook.url");
        refused(channel("OPSGENIE").put("url", service.url("/hook?key=1")), "webhook.url");
        refused(
                object().put("url", service.url("/hook")).put("key", "{{secret.on-call}}"),
                "webhook.key");
        refused(
                object().put("url", service.url("/hook")).put("severity", "INFO"),
                "webhook.severity");
        String job = createdId(aJob());
        assertProblem(
                body(aRule().put("jobId", job).put("runJobId", job)).post(RULES),
                400,
                "invalid-request",
                "runJobId");
        var both = aRule().put("runJobId", job);
        both.putObject("webhook").put("url", service.url("/hook"));
        assertProblem(body(both).post(RULES), 400, "invalid-request", "webhook");
    }

    private void refused(ObjectNode webhook, String field) {
        var rule = aRule();
        rule.set("webhook", webhook);
        assertProblem(body(rule).post(RULES), 400, "invalid-request", field);
    }

    /** Checks an event against the fields, words and lengths that the Events API v2 documents. */
    private static void isAnEventOfPagerDuty(JsonNode event) {
        assertThat(event.get("routing_key").textValue()).hasSize(32);
        assertThat(event.get("event_action").textValue()).isIn("trigger", "resolve");
        assertThat(event.get("dedup_key").textValue()).hasSizeBetween(1, 255);
        var payload = event.get("payload");
        assertThat(payload.get("summary").textValue()).hasSizeBetween(1, 1024);
        assertThat(payload.get("source").textValue()).isNotBlank();
        assertThat(payload.get("severity").textValue())
                .isIn(Set.of("critical", "error", "warning", "info"));
        assertThat(Instant.parse(payload.get("timestamp").textValue())).isNotNull();
        assertThat(payload.get("custom_details").isObject()).isTrue();
    }

    private ObjectNode channel(String format) {
        return object().put("format", format)
                .put("url", service.url("/hook"))
                .put("key", "{{secret.on-call}}");
    }

    private ObjectNode aRule() {
        var rule = object().put("name", unique("rule"));
        rule.putObject("labels").put("team", team);
        return rule;
    }

    /** Makes a rule; of a webhook, if it is one. */
    private String made(ObjectNode ruleOrWebhook) {
        var rule = ruleOrWebhook;
        if (!rule.has("name")) {
            rule = aRule();
            rule.set("webhook", ruleOrWebhook);
        }
        String id = tree(body(rule).post(RULES), 201).get("id").textValue();
        rules.add(id);
        return id;
    }

    private ObjectNode ofTeam() {
        var job = aJob();
        job.putObject("labels").put("team", team);
        return job;
    }

    private static ObjectNode failing(ObjectNode job) {
        job.putObject("config").put("failures", 1);
        job.putObject("retry").put("maxAttempts", 1);
        return job;
    }

    private static void mended(String job) {
        tree(body("{\"config\": {\"failures\": 0}}").patch(JOBS + "/{id}", job), 200);
    }

    private static String runs(String job, String state) {
        String id = triggered(job, "{}").get("id").textValue();
        assertThat(ended(id).get("state").textValue()).isEqualTo(state);
        return id;
    }

    private List<String> states(String rule) throws SQLException {
        return rows.texts(
                "select state from execution where labels ->> 'rule' = ? order by scheduled_at, id",
                rule);
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

    private void aMinutePasses(String rule) throws SQLException {
        rows.change("update alert_rule set next_message_at = '-infinity' where id = ?::uuid", rule);
    }

    private JsonNode call(int number) {
        var calls = await().atMost(PATIENCE).until(service::calls, each -> each.size() >= number);
        return json(calls.get(number - 1).body());
    }
}
