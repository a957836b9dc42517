package io.carillon.alert;

import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.Rows;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What rules about time report: each thing once, and once when it is over. */
@QuarkusTest
@TestProfile(StillReplica.class)
class RuleSweepTest {
    private static final String RULES = "/api/v1/rules";

    @Inject RuleSweep sweep;
    @Inject DataSource dataSource;

    private final String namespace = unique("sweep");
    private Rows rows;

    @BeforeEach
    void prepare() {
        rows = new Rows(dataSource);
    }

    @AfterEach
    void deleteTheRules() throws SQLException {
        rows.change("delete from alert_rule where namespace = ?", namespace);
        rows.change("delete from execution where namespace = ?", namespace);
        rows.change("delete from worker where host = ?", namespace);
        rows.change("delete from queue_sample");
    }

    @Test
    void noSuccessForATimeIsToldOnceAndSoIsTheNextSuccess() throws SQLException {
        String rule = aRule(object().put("noSuccessFor", "1h"));
        String job = job(aJob());
        isOld(job);
        isOld(job(aJob().put("enabled", false)));

        sweep.runOnce();
        sweep.runOnce();

        assertThat(news(rule)).containsExactly("NO_SUCCESS " + job);
        isEnded(triggered(job, "{}").get("id").textValue(), "FAILED");
        sweep.runOnce();
        assertThat(news(rule)).as("a failure is none").hasSize(1);
        isEnded(triggered(job, "{}").get("id").textValue(), "SUCCEEDED");
        sweep.runOnce();
        sweep.runOnce();
        assertThat(news(rule)).containsExactly("NO_SUCCESS " + job, "SUCCEEDED_AGAIN " + job);
    }

    @Test
    void aJobOrRuleThatIsNewIsGivenItsTime() throws SQLException {
        String rule = aRule(object().put("noSuccessFor", "1h"));
        String job = job(aJob());

        sweep.runOnce();
        assertThat(news(rule)).isEmpty();
        rows.change(
                "update job set updated_at = now() - interval '2 hours' where id = ?::uuid", job);
        sweep.runOnce();
        assertThat(news(rule)).as("the rule is new").isEmpty();
        isOld(job);
        isEnded(triggered(job, "{}").get("id").textValue(), "SUCCEEDED");
        sweep.runOnce();
        assertThat(news(rule)).as("it has just succeeded").isEmpty();
    }

    @Test
    void anExecutionThatWaitsForAWorkerIsLateUntilItStarts() throws SQLException {
        String rule = aRule(object().put("lateBy", "5s"));
        String job = job(aJob());
        String execution = triggered(job, "{}").get("id").textValue();
        sweep.runOnce();
        assertThat(news(rule)).as("it is just due").isEmpty();
        rows.change("update alert_rule set late_by_ms = 1 where id = ?::uuid", rule);

        sweep.runOnce();
        sweep.runOnce();

        assertThat(news(rule)).containsExactly("LATE " + job);
        isEnded(execution, "SUCCEEDED");
        sweep.runOnce();
        assertThat(news(rule)).containsExactly("LATE " + job, "STARTED_AGAIN " + job);
    }

    /** Nothing fires on this replica. */
    @Test
    void aJobThatIsDueAndNotFiredIsLate() throws SQLException {
        String rule = aRule(object().put("lateBy", "5m"));
        String job = job(aJob("{\"every\": \"1h\"}"));
        String ahead = job(aJob("{\"every\": \"1h\"}"));
        rows.change(
                "update qrtz_triggers set next_fire_time = next_fire_time - 7200000 where trigger_name = ?",
                job);

        sweep.runOnce();

        assertThat(news(rule)).containsExactly("LATE " + job).doesNotContain("LATE " + ahead);
        post(JOBS + "/{id}/pause", job);
        sweep.runOnce();
        assertThat(news(rule)).as("a paused job is neither late nor on time").hasSize(1);
    }

    /** One bad row stops nothing but itself. */
    @Test
    void aTriggerThatIsNoJobsKeepsNothingFromBeingTold() throws SQLException {
        String rule = aRule(object().put("lateBy", "5m"));
        String job = job(aJob("{\"every\": \"1h\"}"));
        String poison = job(aJob("{\"every\": \"1h\"}"));
        rows.change(
                "update qrtz_triggers set next_fire_time = next_fire_time - 7200000 where trigger_name = ?",
                job);
        rows.change(
                "update qrtz_triggers set next_fire_time = -9000000000000000000 where trigger_name = ?",
                poison);
        rows.change(
                """
                insert into qrtz_triggers (sched_name, trigger_name, trigger_group, job_name, job_group, trigger_state,
                                           trigger_type, start_time, next_fire_time)
                select sched_name, 'not a job', trigger_group, job_name, job_group, trigger_state, trigger_type, 1, 1
                from qrtz_triggers where trigger_name = ?
                """,
                job);
        try {
            sweep.runOnce();

            assertThat(news(rule)).contains("LATE " + job, "LATE " + poison);
        } finally {
            rows.change("delete from qrtz_triggers where trigger_name = 'not a job'");
        }
    }

    @Test
    void anAttemptThatTakesTooLongIsToldOnceAndItsEndIsNot() throws SQLException {
        String rule = aRule(object().put("runsLongerThan", "10m"));
        String job = job(aJob());
        String execution = triggered(job, "{}").get("id").textValue();
        runsSince(execution, "9 minutes");
        sweep.runOnce();
        assertThat(news(rule)).isEmpty();
        runsSince(execution, "11 minutes");

        sweep.runOnce();
        sweep.runOnce();
        isEnded(execution, "SUCCEEDED");
        sweep.runOnce();

        assertThat(news(rule)).containsExactly("RUNS_LONG " + job);
        assertThat(rows.number("select count(*) from alert_watch")).isZero();
    }

    @Test
    void aMutedRuleTellsLaterWhatIsStillSo() throws SQLException {
        String rule =
                aRule(object().put("noSuccessFor", "1h").put("mutedUntil", "2190-01-01T00:00:00Z"));
        String job = job(aJob());
        isOld(job);
        sweep.runOnce();
        assertThat(news(rule)).isEmpty();

        rows.change("update alert_rule set muted_until = now() where id = ?::uuid", rule);
        sweep.runOnce();

        assertThat(news(rule)).containsExactly("NO_SUCCESS " + job);
    }

    @Test
    void aDisabledRuleAndADeletedJobTellNothing() throws SQLException {
        String rule = aRule(object().put("noSuccessFor", "1h"));
        String other = aRule(object().put("noSuccessFor", "1h"));
        String job = job(aJob());
        isOld(job);
        sweep.runOnce();
        rows.change("update alert_rule set enabled = false where id = ?::uuid", rule);
        request().delete(JOBS + "/{id}", job);

        sweep.runOnce();

        assertThat(news(rule)).hasSize(1);
        assertThat(news(other)).hasSize(1);
        assertThat(rows.number("select count(*) from alert_watch")).isZero();
    }

    @Test
    void aRuleAboutTimeReportsNoFailuresUnlessItSaysSo() throws SQLException {
        String rule = aRule(object().put("noSuccessFor", "1h"));

        assertThat(tree(request().get(RULES + "/{id}", rule), 200).get("failuresInARow").intValue())
                .isZero();
        assertThat(tree(request().get(RULES + "/{id}", rule), 200).get("noSuccessFor").textValue())
                .isEqualTo("PT1H");
        var nothing = definition(object().put("failuresInARow", 0));
        assertProblem(body(nothing).post(RULES), 400, "invalid-request", "failuresInARow");
        assertProblem(
                body(definition(object().put("noSuccessFor", "1s").put("lateBy", "1s")))
                        .post(RULES),
                400,
                "invalid-request",
                "lateBy",
                "noSuccessFor");
    }

    @Test
    void withoutSuchRulesNothingIsLookedThrough() throws SQLException {
        aRule(object());

        assertThat(sweep.runOnce()).isZero();
    }

    @Test
    void whatDoesNotEndIsToldOnceAndSoIsItsEnd() throws SQLException {
        String rule = aRule(object().put("unfinishedAfter", "1h"));
        String job = job(aJob());
        String execution = triggered(job, "{}").get("id").textValue();
        sweep.runOnce();
        assertThat(news(rule)).as("it has just begun").isEmpty();
        rows.change("update alert_rule set unfinished_ms = 1 where id = ?::uuid", rule);

        sweep.runOnce();
        sweep.runOnce();

        assertThat(news(rule)).containsExactly("UNFINISHED " + job);
        isEnded(execution, "FAILED");
        sweep.runOnce();
        sweep.runOnce();
        assertThat(news(rule)).containsExactly("UNFINISHED " + job, "FINISHED " + job);
    }

    @Test
    void aJobWithoutANextInstantIsToldUnlessItIsOver() throws SQLException {
        String rule = aRule(object().put("notPlanned", true));
        String job = job(aJob("{\"every\": \"1h\"}"));
        String lost = job(aJob("{\"every\": \"1h\"}"));
        String ended = job(aJob("{\"every\": \"1h\", \"endAt\": \"2190-01-01T00:00:00Z\"}"));
        String counted = job(aJob("{\"every\": \"1h\", \"maxRuns\": 3}"));
        String paused = job(aJob("{\"every\": \"1h\"}").put("enabled", false));
        job(aJob());
        sweep.runOnce();
        assertThat(news(rule)).as("all are planned").isEmpty();
        for (var each : List.of(job, ended, counted, paused)) {
            rows.change(
                    "update qrtz_triggers set trigger_state = 'COMPLETE', next_fire_time = null"
                            + " where trigger_name = ?",
                    each);
        }
        rows.change("delete from qrtz_triggers where trigger_name = ?", lost);

        sweep.runOnce();
        sweep.runOnce();

        assertThat(news(rule))
                .containsExactlyInAnyOrder("NOT_PLANNED " + job, "NOT_PLANNED " + lost);
        tree(body("{\"schedule\": {\"every\": \"2h\"}}").patch(JOBS + "/{id}", job), 200);
        sweep.runOnce();
        assertThat(news(rule)).hasSize(3).last().isEqualTo("PLANNED_AGAIN " + job);
    }

    @Test
    void aQueueIsBehindOnceItHasBeenSoForLongEnough() throws SQLException {
        var condition = object();
        condition
                .putObject("queue")
                .put("deeperThan", 10)
                .put("olderThan", "1h")
                .put("lasting", "1h");
        String rule = aRule(condition);
        holds("quick", 10, "1 minute");
        holds("deep", 11, "1 minute");
        holds("old", 1, "2 hours");
        sweep.runOnce();
        sweep.runOnce();
        assertThat(subjects(rule)).as("it has just begun").isEmpty();
        rows.change(
                "update alert_watch set since = now() - interval '2 hours' where rule_id = ?::uuid",
                rule);

        sweep.runOnce();
        sweep.runOnce();

        assertThat(subjects(rule))
                .containsExactlyInAnyOrder("QUEUE_BEHIND deep 11", "QUEUE_BEHIND old 1");
        holds("deep", 2, "1 minute");
        sweep.runOnce();
        sweep.runOnce();
        assertThat(subjects(rule)).hasSize(3).last().isEqualTo("QUEUE_CAUGHT_UP deep 2");
        rows.change("delete from queue_sample");
        sweep.runOnce();
        assertThat(subjects(rule)).as("nobody has counted").hasSize(3);
    }

    @Test
    void aQueueThatCatchesUpInTimeIsNotTold() throws SQLException {
        var condition = object();
        condition.putObject("queue").put("name", "deep").put("deeperThan", 10).put("lasting", "1h");
        String rule = aRule(condition);
        holds("deep", 11, "1 minute");
        holds("other", 11, "1 minute");
        sweep.runOnce();
        assertThat(rows.number("select count(*) from alert_watch")).isEqualTo(1);

        holds("deep", 1, "1 minute");
        sweep.runOnce();

        assertThat(subjects(rule)).isEmpty();
        assertThat(rows.number("select count(*) from alert_watch")).isZero();
    }

    @Test
    void aLostWorkerIsToldOnceByTheRulesThatAskForIt() throws SQLException {
        workerIsLost("before", namespace);
        String rule = aRule(object().put("lostWorkers", "REMOTE"));
        String ofAll = aRule(object().put("lostWorkers", "ALL"));
        workerIsLost("importer", namespace);
        workerIsLost("stranger", namespace + "-other");
        workerIsLost(null, null);

        sweep.runOnce();
        sweep.runOnce();

        assertThat(subjects(rule)).containsExactly("WORKER_LOST importer ");
        assertThat(subjects(ofAll))
                .containsExactlyInAnyOrder(
                        "WORKER_LOST importer ",
                        "WORKER_LOST stranger ",
                        "WORKER_LOST " + namespace + ", process 7 ");
    }

    /** A crash of PostgreSQL empties the table of counts. */
    @Test
    void aQueueThatNobodyHasCountedIsNeitherBehindAgainNorHasItCaughtUp() throws SQLException {
        String rule = aRule(deeperThan(10));
        holds("deep", 11, "1 minute");
        sweep.runOnce();
        rows.change("delete from queue_sample");
        sweep.runOnce();
        holds("deep", 11, "1 minute");
        sweep.runOnce();

        assertThat(subjects(rule)).containsExactly("QUEUE_BEHIND deep 11");
        holds("deep", 1, "1 minute");
        sweep.runOnce();
        assertThat(subjects(rule)).hasSize(2).last().isEqualTo("QUEUE_CAUGHT_UP deep 1");
    }

    @Test
    void aQueueHasNotCaughtUpBecauseItsRuleWasChanged() throws SQLException {
        var definition = definition(deeperThan(10));
        String rule = tree(body(definition).post(RULES), 201).get("id").textValue();
        holds("deep", 11, "1 minute");
        sweep.runOnce();

        definition.putObject("queue").put("deeperThan", 20);
        tree(body(definition).put(RULES + "/{id}", rule), 200);
        sweep.runOnce();

        assertThat(subjects(rule)).containsExactly("QUEUE_BEHIND deep 11");
    }

    @Test
    void aWorkerThatWasLostWhileItsRuleWasMutedIsNotMadeUpFor() throws SQLException {
        String rule = aRule(object().put("lostWorkers", "REMOTE"));
        rows.change(
                "update alert_rule set muted_until = now() + interval '1 day' where id = ?::uuid",
                rule);
        workerIsLost("importer", namespace);
        sweep.runOnce();

        rows.change(
                "update alert_rule set muted_until = clock_timestamp() where id = ?::uuid", rule);
        sweep.runOnce();

        assertThat(subjects(rule)).isEmpty();
    }

    @Test
    void whatWasToldIsToldAsOverAfterTheRuleWasMuted() throws SQLException {
        String rule = aRule(object().put("lateBy", "5s"));
        String job = job(aJob());
        isLate(rule, triggered(job, "{}").get("id").textValue());
        rows.change(
                "update alert_rule set muted_until = now() + interval '1 day' where id = ?::uuid",
                rule);
        endsAll();
        sweep.runOnce();
        assertThat(news(rule)).as("it is muted").containsExactly("LATE " + job);

        rows.change("update alert_rule set muted_until = now() where id = ?::uuid", rule);
        sweep.runOnce();

        assertThat(news(rule)).containsExactly("LATE " + job, "STARTED_AGAIN " + job);
    }

    @Test
    void whatWasToldOfAPausedJobIsToldAsOverOnceItIsResumed() throws SQLException {
        String rule = aRule(object().put("lateBy", "5s"));
        String job = job(aJob());
        isLate(rule, triggered(job, "{}").get("id").textValue());
        post(JOBS + "/{id}/pause", job);
        endsAll();
        sweep.runOnce();
        assertThat(news(rule)).as("it is paused").containsExactly("LATE " + job);

        post(JOBS + "/{id}/resume", job);
        sweep.runOnce();

        assertThat(news(rule)).containsExactly("LATE " + job, "STARTED_AGAIN " + job);
    }

    @Test
    void anIncidentIsClosedWhateverBecomesOfItsRuleAndItsJob() throws SQLException {
        body(object().put("value", "k".repeat(32)))
                .put("/api/v1/secrets/on-call?namespace=" + namespace);
        var condition = object().put("lateBy", "5s");
        condition
                .putObject("webhook")
                .put("url", "https://example.com/hook")
                .put("format", "PAGERDUTY")
                .put("key", "{{secret.on-call}}");
        String rule = aRule(condition);
        String job = job(aJob());
        isLate(rule, triggered(job, "{}").get("id").textValue());
        rows.change(
                "update alert_rule set muted_until = now() + interval '1 day' where id = ?::uuid",
                rule);
        request().delete(JOBS + "/{id}", job);

        sweep.runOnce();

        assertThat(news(rule)).containsExactly("LATE " + job, "STARTED_AGAIN " + job);
    }

    /** Its change gives it time, but does not end what was told. */
    @Test
    void aJobThatIsMendedByAChangeSucceedsAgain() throws SQLException {
        String rule = aRule(object().put("noSuccessFor", "1h"));
        String job = job(aJob());
        isOld(job);
        sweep.runOnce();
        tree(body("{\"description\": \"mended\"}").patch(JOBS + "/{id}", job), 200);
        sweep.runOnce();
        assertThat(news(rule)).containsExactly("NO_SUCCESS " + job);

        isEnded(triggered(job, "{}").get("id").textValue(), "SUCCEEDED");
        sweep.runOnce();

        assertThat(news(rule)).containsExactly("NO_SUCCESS " + job, "SUCCEEDED_AGAIN " + job);
    }

    @Test
    void ofManyExecutionsThatDoNotEndTheOldestHundredAreWatched() throws SQLException {
        String rule = aRule(object().put("unfinishedAfter", "1h"));
        String job = job(aJob().put("overlap", "ALLOW"));
        for (int run = 0; run < 103; run++) {
            triggered(job, "{}");
        }
        rows.change("update alert_rule set unfinished_ms = 1 where id = ?::uuid", rule);
        sweep.runOnce();
        sweep.runOnce();
        assertThat(news(rule)).hasSize(100);

        endsAll("order by scheduled_at limit 2");
        sweep.runOnce();

        assertThat(news(rule)).hasSize(104).contains("FINISHED " + job);
        assertThat(rows.number("select count(*) from alert_watch where rule_id = ?::uuid", rule))
                .isEqualTo(100);
    }

    private static ObjectNode deeperThan(int depth) {
        var condition = object();
        condition.putObject("queue").put("deeperThan", depth);
        return condition;
    }

    private void isLate(String rule, String execution) throws SQLException {
        rows.change("update alert_rule set late_by_ms = 1 where id = ?::uuid", rule);
        sweep.runOnce();
        assertThat(news(rule)).as(execution).hasSize(1);
    }

    private void endsAll() throws SQLException {
        endsAll("");
    }

    private void endsAll(String which) throws SQLException {
        for (String id :
                rows.texts("select id from execution where namespace = ? " + which, namespace)) {
            isEnded(id, "SUCCEEDED");
        }
    }

    /** What the last count of the queues found. */
    private void holds(String queue, int depth, String age) throws SQLException {
        rows.change(
                """
                insert into queue_sample (sampled_at, took_ms, counts)
                select clock_timestamp(), 1,
                       coalesce((select jsonb_agg(held)
                                 from (select counts from queue_sample order by sampled_at desc limit 1) as last,
                                      jsonb_array_elements(last.counts) as held
                                 where held ->> 'queue' <> ?), '[]')
                       || jsonb_build_object('namespace', ?::text, 'queue', ?::text, 'state', 'QUEUED', 'count', ?::int,
                              'oldest', (extract(epoch from now() - ?::interval) * 1000)::bigint)
                """,
                queue,
                namespace,
                queue,
                depth,
                age);
    }

    private void workerIsLost(@Nullable String name, @Nullable String ofNamespace)
            throws SQLException {
        rows.change(
                """
                insert into worker (id, host, pid, version, capacity, state, started_at, heartbeat_at, stopped_at, namespace,
                                    name, tasks, queues)
                values (gen_random_uuid(), ?, 7, '1', 1, 'FAILED', now(), now(), clock_timestamp(), ?, ?,
                        case when ?::text is not null then '{task}'::varchar[] end,
                        case when ?::text is not null then '{}'::varchar[] end)
                """,
                namespace,
                ofNamespace,
                name,
                name,
                name);
    }

    private List<String> subjects(String rule) throws SQLException {
        return rows.texts(
                "select kind || ' ' || subject || ' ' || coalesce(depth::text, '') from alert_news"
                        + " where rule_id = ?::uuid and job_id is null order by id",
                rule);
    }

    private ObjectNode definition(ObjectNode rule) {
        rule.put("name", unique("rule")).put("namespace", namespace);
        if (!rule.has("webhook")) {
            rule.putObject("webhook").put("url", "https://example.com/hook");
        }
        return rule;
    }

    private String aRule(ObjectNode rule) {
        return tree(body(definition(rule)).post(RULES), 201).get("id").textValue();
    }

    private String job(ObjectNode job) {
        return createdId(job.put("namespace", namespace));
    }

    private void isOld(String job) throws SQLException {
        rows.change(
                "update job set updated_at = now() - interval '2 hours' where id = ?::uuid", job);
        rows.change(
                "update alert_rule set updated_at = now() - interval '2 hours' where namespace = ?",
                namespace);
    }

    private void isEnded(String execution, String state) throws SQLException {
        runsSince(execution, "1 second");
        rows.change(
                "update execution set state = ?, finished_at = now() where id = ?::uuid",
                state,
                execution);
    }

    private void runsSince(String execution, String ago) throws SQLException {
        rows.change(
                "update execution set state = 'RUNNING', attempt = 1, worker_id = gen_random_uuid(),"
                        + " started_at = now() - ?::interval"
                        + " where id = ?::uuid and state in ('QUEUED', 'RUNNING')",
                ago,
                execution);
    }

    private List<String> news(String rule) throws SQLException {
        return rows.texts(
                "select kind || ' ' || job_id from alert_news where rule_id = ?::uuid order by id",
                rule);
    }
}
