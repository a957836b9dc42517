package io.carillon.alert;

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
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each condition made to happen, and what a webhook receives of it. */
@QuarkusTest
class AlertConditionsTest {
    private static final String RULES = "/api/v1/rules";

    /** Queues are counted every few seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Inject DataSource dataSource;
    @Inject RuleSweep sweep;

    private final HttpTarget hook = HttpTarget.start();
    private final String namespace = unique("conditions");
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
    void aRunThatAnEarlierOneKeepsFromRunningIsTold() throws SQLException {
        String rule = made(object().put("skipped", true));
        String queue = pausedQueue();
        String job = job(aJob().put("queue", queue).put("overlap", "SKIP"));
        triggered(job, "{}");

        String skipped = triggered(job, "{}").get("id").textValue();

        var told = message(1);
        assertThat(told.at("/events/0/kind").textValue()).isEqualTo("SKIPPED");
        assertThat(told.at("/events/0/reason").textValue()).isEqualTo("OVERLAP");
        assertThat(told.at("/events/0/execution/id").textValue()).isEqualTo(skipped);
        assertThat(told.get("text").textValue()).contains(" did not run at ", ": OVERLAP.");
        assertThat(rows.number("select count(*) from alert_state where rule_id = ?::uuid", rule))
                .as("it is no failure")
                .isZero();
    }

    /** Firing stood still for three hours, or rather the trigger did. */
    @Test
    void instantsThatWereMissedAreToldTogether() throws SQLException {
        made(object().put("skipped", true));
        String job = job(aJob("{\"cron\": \"0 * * * *\"}").put("misfire", "SKIP"));
        rows.change(
                "update job set created_at = now() - interval '1 day', updated_at = now() - interval '1 day'"
                        + " where id = ?::uuid",
                job);

        rows.change(
                "update qrtz_triggers set next_fire_time ="
                        + " epoch_millis(date_trunc('hour', now()) - interval '3 hours') where trigger_name = ?",
                job);

        var told = message(1);
        assertThat(told.get("count").intValue()).as("in one row").isEqualTo(1);
        assertThat(told.at("/events/0/reason").textValue()).isEqualTo("MISFIRE");
        assertThat(told.at("/events/0/job/id").textValue()).isEqualTo(job);
        assertThat(told.get("text").textValue())
                .containsPattern(" did not run at [34] instants from ");
    }

    @Test
    void aRunThatMissesItsDeadlineIsTold() {
        made(object().put("skipped", true));
        String queue = pausedQueue();
        String job = job(aJob().put("queue", queue).put("startDeadline", "1s"));

        triggered(job, "{}");

        assertThat(message(1).at("/events/0/reason").textValue()).isEqualTo("DEADLINE");
    }

    @Test
    void whatDoesNotEndIsToldAndSoIsItsEnd() throws SQLException {
        String rule = made(object().put("unfinishedAfter", "1h"));
        rows.change("update alert_rule set unfinished_ms = 1 where id = ?::uuid", rule);
        String queue = pausedQueue();
        String execution = triggered(job(aJob().put("queue", queue)), "{}").get("id").textValue();

        sweep.runOnce();

        var told = message(1);
        assertThat(told.at("/events/0/kind").textValue()).isEqualTo("UNFINISHED");
        assertThat(told.at("/events/0/execution/id").textValue()).isEqualTo(execution);
        assertThat(told.get("text").textValue())
                .contains(" has not finished what was planned for ");
        post("/api/v1/queues/{name}/resume?namespace=" + namespace, queue);
        ended(execution);
        sweep.runOnce();
        aMinutePasses(rule);
        assertThat(message(2).get("text").textValue())
                .contains(" has finished what was planned for ", ": SUCCEEDED.");
    }

    @Test
    void aQueueThatIsBehindIsToldAndThatItHasCaughtUp() throws SQLException {
        String queue = pausedQueue();
        var condition = object();
        condition.putObject("queue").put("name", queue).put("deeperThan", 2);
        String rule = made(condition);
        String job = job(aJob().put("queue", queue).put("overlap", "ALLOW"));
        for (int run = 0; run < 3; run++) {
            triggered(job, "{}");
        }
        isCounted(queue, 3);

        sweep.runOnce();

        var told = message(1);
        assertThat(told.at("/events/0/kind").textValue()).isEqualTo("QUEUE_BEHIND");
        assertThat(told.at("/events/0/queue/name").textValue()).isEqualTo(queue);
        assertThat(told.at("/events/0/queue/depth").intValue()).isEqualTo(3);
        assertThat(told.at("/events/0").has("job")).isFalse();
        assertThat(told.get("text").textValue())
                .startsWith("The queue " + queue + " is behind: 3 executions wait");
        post("/api/v1/queues/{name}/resume?namespace=" + namespace, queue);
        isCounted(queue, 0);
        sweep.runOnce();
        aMinutePasses(rule);
        assertThat(message(2).get("text").textValue()).contains(queue + " is no longer behind");
    }

    @Test
    void aWorkerThatIsLostIsTold() throws SQLException {
        made(object().put("lostWorkers", "REMOTE"));
        var worker = object().put("name", "importer-7").put("namespace", namespace);
        worker.putArray("tasks").add(unique("task"));
        String id = tree(body(worker).post("/api/v1/workers"), 201).get("id").textValue();
        rows.change(
                "update worker set heartbeat_at = now() - interval '1 day' where id = ?::uuid", id);
        await().atMost(PATIENCE)
                .until(
                        () -> rows.texts("select state from worker where id = ?::uuid", id),
                        List.of("FAILED")::equals);

        sweep.runOnce();

        var told = message(1);
        assertThat(told.at("/events/0/kind").textValue()).isEqualTo("WORKER_LOST");
        assertThat(told.at("/events/0/worker/id").textValue()).isEqualTo(id);
        assertThat(told.get("text").textValue())
                .startsWith("The worker importer-7 is lost: no sign of life since ");
    }

    @Test
    void aJobWithoutANextInstantIsToldAndThatItHasOneAgain() throws SQLException {
        String rule = made(object().put("notPlanned", true));
        String job = job(aJob("{\"every\": \"1h\"}"));
        String over = job(aJob("{\"every\": \"1h\", \"endAt\": \"2190-01-01T00:00:00Z\"}"));
        hasNoNextInstant(job);
        hasNoNextInstant(over);

        sweep.runOnce();

        var told = message(1);
        assertThat(told.get("count").intValue()).isEqualTo(1);
        assertThat(told.at("/events/0/kind").textValue()).isEqualTo("NOT_PLANNED");
        assertThat(told.at("/events/0/job/id").textValue()).isEqualTo(job);
        tree(body("{\"schedule\": {\"every\": \"2h\"}}").patch("/api/v1/jobs/{id}", job), 200);
        sweep.runOnce();
        aMinutePasses(rule);
        assertThat(message(2).at("/events/0/kind").textValue()).isEqualTo("PLANNED_AGAIN");
    }

    @Test
    void pagerDutyHasAnIncidentOfAQueueToo() throws SQLException {
        hook.answers(202);
        body(object().put("value", "k".repeat(32)))
                .put("/api/v1/secrets/on-call?namespace=" + namespace);
        String queue = pausedQueue();
        var condition = object();
        condition.putObject("queue").put("deeperThan", 0);
        condition
                .putObject("webhook")
                .put("format", "PAGERDUTY")
                .put("key", "{{secret.on-call}}")
                .put("url", hook.url("/hook"));
        made(condition);
        triggered(job(aJob().put("queue", queue)), "{}");
        isCounted(queue, 1);

        sweep.runOnce();

        var opened = message(1);
        assertThat(opened.get("dedup_key").textValue()).endsWith("-behind");
        assertThat(opened.at("/payload/component").textValue()).isEqualTo(queue);
    }

    @Test
    void aWrongConditionIsRefusedByItsField() {
        var nothing = object();
        nothing.putObject("queue").put("name", "reports");
        refused(nothing, "queue.deeperThan");
        var wrong = object().put("unfinishedAfter", "1s");
        wrong.putObject("queue").put("deeperThan", -1).put("olderThan", "0s").put("lasting", "8d");
        refused(wrong, "queue.deeperThan", "queue.lasting", "queue.olderThan", "unfinishedAfter");
        refused(object().put("lostWorkers", "SOME"), "lostWorkers");
        refused(object().put("skipped", false).put("failuresInARow", 0), "failuresInARow");
    }

    private void refused(ObjectNode rule, String... fields) {
        assertProblem(body(definition(rule)).post(RULES), 400, "invalid-request", fields);
    }

    private ObjectNode definition(ObjectNode rule) {
        rule.put("name", unique("rule")).put("namespace", namespace);
        if (!rule.has("webhook")) {
            rule.putObject("webhook").put("url", hook.url("/hook"));
        }
        return rule;
    }

    private String made(ObjectNode rule) {
        return tree(body(definition(rule)).post(RULES), 201).get("id").textValue();
    }

    private String job(ObjectNode job) {
        return createdId(job.put("namespace", namespace));
    }

    /** A queue whose executions wait. */
    private String pausedQueue() {
        String queue = unique("queue");
        tree(body(object()).put("/api/v1/queues/{name}?namespace=" + namespace, queue), 201);
        tree(post("/api/v1/queues/{name}/pause?namespace=" + namespace, queue), 200);
        return queue;
    }

    private void isCounted(String queue, int depth) {
        await().atMost(PATIENCE)
                .until(
                        () ->
                                rows.number(
                                                """
                                                select coalesce((
                                                    select coalesce((
                                                        select (held ->> 'count')::bigint
                                                        from jsonb_array_elements(sample.counts) held
                                                        where held ->> 'queue' = ? and held ->> 'state' = 'QUEUED'), 0)
                                                    from queue_sample sample order by sampled_at desc limit 1), -1)
                                                """,
                                                queue)
                                        == depth);
    }

    private void hasNoNextInstant(String job) throws SQLException {
        rows.change(
                "update qrtz_triggers set trigger_state = 'COMPLETE', next_fire_time = null where trigger_name = ?",
                job);
    }

    private void aMinutePasses(String rule) throws SQLException {
        rows.change("update alert_rule set next_message_at = '-infinity' where id = ?::uuid", rule);
    }

    private JsonNode message(int number) {
        var calls = await().atMost(PATIENCE).until(hook::calls, each -> each.size() >= number);
        return json(calls.get(number - 1).body());
    }
}
