package io.carillon.job;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.created;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.Database;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class JobResourceTest {
    private static final String JOB = JOBS + "/{id}";
    private static final String FAR = "{\"at\": \"2199-01-01T00:00:00Z\"}";

    @Test
    void aCreatedJobIsAnsweredWithItsLocationAndVersion() {
        var job =
                aJob("{\"cron\": \"0 9 * * 1\", \"timeZone\": \"Europe/Paris\"}")
                        .put("timeout", "90s");
        job.putObject("labels").put("team", "sales");

        var response = body(job).post(JOBS);

        var created = tree(response, 201);
        String id = created.get("id").textValue();
        assertThat(response.header("Location")).endsWith(JOBS + "/" + id);
        assertThat(response.header("ETag")).isEqualTo("\"0\"");
        assertThat(created.get("version").asLong()).isZero();
        assertThat(created.get("status").textValue()).isEqualTo("ACTIVE");
        assertThat(created.get("timeout").textValue()).isEqualTo("PT1M30S");
        assertThat(created.get("labels")).isEqualTo(json("{\"team\": \"sales\"}"));
        assertThat(Instant.parse(created.get("nextFireAt").textValue()))
                .isAfter(Instant.parse(created.get("createdAt").textValue()));
        var read = get(JOB, id);
        assertThat(read.header("ETag")).isEqualTo("\"0\"");
        assertThat(tree(read, 200)).isEqualTo(created);
    }

    @Test
    void whatIsLeftOutHasItsDefault() {
        var job = created(aJob());

        assertThat(job.get("namespace").textValue()).isEqualTo("default");
        assertThat(job.get("queue").textValue()).isEqualTo("default");
        assertThat(job.get("priority").asInt()).isEqualTo(5);
        assertThat(job.get("timeout").textValue()).isEqualTo("PT30S");
        assertThat(job.get("delivery").textValue()).isEqualTo("AT_LEAST_ONCE");
        assertThat(job.get("misfire").textValue()).isEqualTo("FIRE_ONCE");
        assertThat(job.get("catchUpWindow").textValue()).isEqualTo("PT24H");
        assertThat(job.get("catchUpLimit").asInt()).isEqualTo(100);
        assertThat(job.get("enabled").asBoolean()).isTrue();
        assertThat(job.get("retry"))
                .isEqualTo(
                        json(
                                """
                                {"maxAttempts": 3, "backoff": "EXPONENTIAL", "delay": "PT1S",
                                 "maxDelay": "PT5M", "jitter": 0.2}
                                """));
        assertThat(job.has("schedule")).isFalse();
        assertThat(job.has("nextFireAt")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"30s, PT30S", "24h, PT24H", "7d, PT168H", "1h30m, PT1H30M", "PT0.5S, PT0.5S"})
    void durationsAreReadAsPeopleWriteThemAndAnsweredAsIso(String written, String answered) {
        var job = created(aJob().put("timeout", written).put("catchUpWindow", written));

        assertThat(job.get("timeout").textValue()).isEqualTo(answered);
        assertThat(job.get("catchUpWindow").textValue()).isEqualTo(answered);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"*/5 * * * *\"",
                "\"@daily\"",
                "\"H * * * *\"",
                "{\"cron\": \"0 0 9 * * MON-FRI\", \"timeZone\": \"+02:00\", \"dst\": {\"gap\": \"SKIP\"}}",
                "{\"every\": \"90m\"}",
                "{\"every\": \"PT24H\", \"startAt\": \"2190-12-01T09:00:00+01:00\", \"endAt\": \"2191-01-01T00:00:00Z\"}",
                "{\"at\": \"2190-12-01T09:00:00Z\"}"
            })
    void everyKindOfScheduleIsPlanned(String schedule) {
        var job = created(aJob(schedule));

        assertThat(job.get("status").textValue()).isEqualTo("ACTIVE");
        assertThat(job.hasNonNull("nextFireAt")).isTrue();
        assertThat(job.get("schedule").isObject()).isTrue();
    }

    @Test
    void aPlainStringIsShortForCron() {
        var job = created(aJob("\"*/5 * * * *\""));

        assertThat(job.get("schedule")).isEqualTo(json("{\"cron\": \"*/5 * * * *\"}"));
    }

    @Test
    void numbersOfAConfigAreKeptAsWritten() {
        var job = object().put("name", unique("exact")).put("type", "http");
        job.set(
                "config",
                json("{\"url\": \"http://localhost\", \"body\": [12345678901234567890123, 1.10]}"));

        // A tree model would round what this test is about.
        String answer =
                body(job.toString().replace("1.1]", "12345678901234567.10]")).post(JOBS).asString();

        assertThat(answer).contains("12345678901234567890123", "12345678901234567.10");
    }

    @Test
    void aJobCreatedDisabledIsPaused() {
        var job = created(aJob("\"* * * * *\"").put("enabled", false));

        assertThat(job.get("status").textValue()).isEqualTo("PAUSED");
        assertThat(job.has("nextFireAt")).isFalse();
    }

    @Test
    void aJobWhoseInstantHasPassedIsCompleted() {
        String soon = Instant.now().plusMillis(1200).toString();

        String id = createdId(aJob("{\"at\": \"" + soon + "\"}"));

        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(
                        () -> {
                            var job = tree(get(JOB, id), 200);
                            assertThat(job.get("status").textValue()).isEqualTo("COMPLETED");
                            assertThat(job.at("/lastExecution/state").textValue())
                                    .isEqualTo("SUCCEEDED");
                            assertThat(job.has("lastFireAt")).isTrue();
                        });
    }

    @Test
    void aListIsFilteredAndPaged() {
        String namespace = unique("list");
        for (int index = 0; index < 5; index++) {
            var job = aJob().put("name", "job-" + index).put("namespace", namespace);
            job.put("enabled", index % 2 == 0).put("description", "Of 100% the " + index + "_th");
            job.putObject("labels").put("team", index < 2 ? "a" : "b").put("all", "yes");
            created(job);
        }
        String all = JOBS + "?namespace=" + namespace;

        var first = tree(get(all + "&limit=2"), 200);
        var last = tree(get(all + "&limit=2&page=3"), 200);

        assertThat(names(first)).containsExactly("job-0", "job-1");
        assertThat(first.get("page").asInt()).isEqualTo(1);
        assertThat(first.get("limit").asInt()).isEqualTo(2);
        assertThat(first.get("totalCount").asLong()).isEqualTo(5);
        assertThat(first.get("totalPages").asLong()).isEqualTo(3);
        assertThat(names(last)).containsExactly("job-4");
        assertThat(names(all + "&page=4&limit=2")).isEmpty();
        assertThat(names(all + "&enabled=false")).containsExactly("job-1", "job-3");
        assertThat(names(all + "&label=team=a")).containsExactly("job-0", "job-1");
        assertThat(names(all + "&label=team=b&label=all=yes&enabled=true"))
                .containsExactly("job-2", "job-4");
        assertThat(names(all + "&label=team=c")).isEmpty();
        assertThat(names(all + "&q=JOB-3")).containsExactly("job-3");
        assertThat(names(all + "&q=100%25")).hasSize(5);
        assertThat(names(all + "&q=4_TH")).containsExactly("job-4");
        assertThat(names(all + "&q=b_1")).isEmpty();
        assertThat(names(all + "&type=noop")).hasSize(5);
        assertThat(names(all + "&type=http")).isEmpty();
        assertThat(names(all + "&type=&enabled=&q=")).hasSize(5);
    }

    private static List<String> names(String path) {
        return names(tree(request().urlEncodingEnabled(false).get(path), 200));
    }

    private static List<String> names(JsonNode page) {
        var names = new ArrayList<String>();
        page.get("items").forEach(job -> names.add(job.get("name").textValue()));
        return names;
    }

    @Test
    void aReplacedJobHasOnlyWhatTheNewDefinitionSays() {
        var job = aJob("\"* * * * *\"").put("priority", 9).put("description", "old");
        String id = createdId(job);
        job.remove(List.of("priority", "description"));
        job.put("schedule", "0 0 1 1 *");

        var response = body(job).header("If-Match", "\"0\"").put(JOB, id);

        var replaced = tree(response, 200);
        assertThat(response.header("ETag")).isEqualTo("\"1\"");
        assertThat(replaced.get("version").asLong()).isEqualTo(1);
        assertThat(replaced.get("priority").asInt()).isEqualTo(5);
        assertThat(replaced.has("description")).isFalse();
        assertThat(replaced.get("nextFireAt").textValue()).endsWith("-01-01T00:00:00Z");
        assertThat(tree(get(JOB, id), 200)).isEqualTo(replaced);
    }

    @Test
    void aReplacementWithoutADifferenceIsNoNewVersion() {
        var job = aJob("{\"every\": \"90s\"}").put("timeout", "2m");
        job.putObject("config").put("message", "1").put("failures", 0);
        var before = created(job);
        String id = before.get("id").textValue();

        assertThat(tree(body(job.put("timeout", "PT120S")).put(JOB, id), 200)).isEqualTo(before);
        assertThat(tree(body("{}").patch(JOB, id), 200)).isEqualTo(before);
    }

    @Test
    void aNumberWrittenInAnotherWayIsNoDifference() {
        String job =
                """
                {"name": "%s", "type": "http",
                 "config": {"url": "http://localhost", "body": [1e2, 1.50, 1e30]}}
                """
                        .formatted(unique("exact"));
        var before = tree(body(job).post(JOBS), 201);

        var after = tree(body(job).put(JOB, before.get("id").textValue()), 200);

        assertThat(after.get("version").asLong()).isZero();
    }

    @Test
    void anyVersionMatchesAStar() {
        String id = createdId(aJob());

        assertThat(body(aJob()).header("If-Match", "*").put(JOB, id).statusCode()).isEqualTo(200);
        assertThat(request().header("If-Match", "\"1\"").delete(JOB, id).statusCode())
                .isEqualTo(204);
    }

    @Test
    void aPatchChangesWhatItNamesAndNullIsTheDefault() {
        var job = aJob("\"* * * * *\"").put("priority", 9).put("description", "old");
        job.putObject("config").put("message", "hello").put("sleep", "1s");
        job.putObject("retry").put("maxAttempts", 7).put("jitter", 0);
        job.putObject("labels").put("a", "1").put("b", "2");
        String id = createdId(job);

        var patched =
                tree(
                        body("""
                                        {"priority": null, "description": null, "schedule": null,
                                         "config": {"sleep": null, "failures": 2},
                                         "retry": {"maxAttempts": null},
                                         "labels": {"a": null, "c": "3"}}
                                        """)
                                .contentType("application/merge-patch+json")
                                .patch(JOB, id),
                        200);

        assertThat(patched.get("priority").asInt()).isEqualTo(5);
        assertThat(patched.has("description")).isFalse();
        assertThat(patched.has("schedule")).isFalse();
        assertThat(patched.has("nextFireAt")).isFalse();
        assertThat(patched.get("config"))
                .isEqualTo(json("{\"message\": \"hello\", \"failures\": 2}"));
        assertThat(patched.at("/retry/maxAttempts").asInt()).isEqualTo(3);
        assertThat(patched.at("/retry/jitter").asDouble()).isZero();
        assertThat(patched.get("labels")).isEqualTo(json("{\"b\": \"2\", \"c\": \"3\"}"));
        assertThat(patched.get("name")).isEqualTo(job.get("name"));
        assertThat(patched.get("version").asLong()).isEqualTo(1);
    }

    @Test
    void aPatchGivesAndTakesAScheduleWithItsTrigger() {
        String id = createdId(aJob());

        var planned = tree(body("{\"schedule\": {\"every\": \"1h\"}}").patch(JOB, id), 200);
        var changed =
                tree(
                        body("{\"schedule\": {\"every\": null, \"cron\": \"0 0 1 1 *\"}}")
                                .patch(JOB, id),
                        200);
        long triggers = triggersOf(id);
        var onDemand = tree(body("{\"schedule\": null}").patch(JOB, id), 200);

        assertThat(planned.hasNonNull("nextFireAt")).isTrue();
        assertThat(changed.get("nextFireAt").textValue()).endsWith("-01-01T00:00:00Z");
        assertThat(triggers).isEqualTo(1);
        assertThat(onDemand.has("nextFireAt")).isFalse();
        assertThat(triggersOf(id)).isZero();
    }

    @Test
    void aNamespaceIsKeptWhenNoneIsNamedAndCannotBeChanged() {
        String namespace = unique("kept");
        var job = aJob().put("namespace", namespace);
        String id = createdId(job);

        var replaced = tree(body(job.deepCopy().without("namespace")).put(JOB, id), 200);
        var response = body("{\"namespace\": \"another\"}").patch(JOB, id);

        assertThat(replaced.get("namespace").textValue()).isEqualTo(namespace);
        assertProblem(response, 400, "invalid-request", "namespace");
    }

    @Test
    void aDeletedJobIsGoneAndItsNameIsFree() {
        var job = aJob("\"* * * * *\"");
        String id = createdId(job);

        var response = request().delete(JOB, id);

        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(response.asString()).isEmpty();
        assertProblem(get(JOB, id), 404, "not-found");
        assertProblem(request().delete(JOB, id), 404, "not-found");
        assertThat(triggersOf(id)).isZero();
        assertThat(createdId(job)).isNotEqualTo(id);
    }

    @Test
    void deletingAJobCancelsWhatHasNotStartedAndKeepsHistory() {
        var job = aJob();
        job.putObject("config").put("failures", 5);
        job.putObject("retry").put("delay", "1d").put("jitter", 0);
        String id = createdId(job);
        String run = triggered(id, "{}");
        await().until(() -> stateOf(run).equals("RETRYING"));

        request().delete(JOB, id);

        assertThat(stateOf(run)).isEqualTo("CANCELLED");
    }

    @Test
    void aPausedJobSaysWhyAndPlansNothing() {
        String id = createdId(aJob("\"* * * * *\""));

        var paused =
                tree(
                        body("{\"note\": \"target is being migrated\"}").post(JOB + "/pause", id),
                        200);
        var resumed = tree(post(JOB + "/resume", id), 200);

        assertThat(paused.get("status").textValue()).isEqualTo("PAUSED");
        assertThat(paused.get("enabled").asBoolean()).isFalse();
        assertThat(paused.get("pauseNote").textValue()).isEqualTo("target is being migrated");
        assertThat(paused.has("nextFireAt")).isFalse();
        assertThat(resumed.get("status").textValue()).isEqualTo("ACTIVE");
        assertThat(resumed.has("pauseNote")).isFalse();
        assertThat(resumed.hasNonNull("nextFireAt")).isTrue();
    }

    @Test
    void resumingCatchesUpWhenToldTo() {
        String id = createdId(aJob("{\"every\": \"100ms\"}").put("enabled", false));
        await().pollDelay(Duration.ofMillis(300))
                .until(() -> tree(get(JOB, id), 200).get("status").textValue().equals("PAUSED"));

        body("{\"catchUp\": \"FIRE_ONCE\"}").post(JOB + "/resume", id);
        post(JOB + "/pause", id);

        var items = tree(get(JOB + "/executions?limit=100", id), 200).get("items");
        assertThat(items).anyMatch(item -> item.get("state").textValue().equals("SKIPPED"));
        assertThat(items).anyMatch(item -> !item.get("state").textValue().equals("SKIPPED"));
    }

    @Test
    void aTriggeredJobRunsNowWithItsConfigAndTheOverride() {
        var job = aJob(FAR);
        job.putObject("config").put("message", "planned");
        String id = createdId(job);

        var response = body("{\"config\": {\"message\": \"by hand\"}}").post(JOB + "/trigger", id);

        String run = tree(response, 202).get("id").textValue();
        assertThat(response.header("Location")).endsWith(EXECUTIONS + "/" + run);
        var execution = ended(run);
        assertThat(execution.get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(execution.get("origin").textValue()).isEqualTo("MANUAL");
        assertThat(execution.get("jobId").textValue()).isEqualTo(id);
        assertThat(execution.at("/result/message").textValue()).isEqualTo("by hand");
        assertThat(ended(triggered(id, "")).at("/result/message").textValue()).isEqualTo("planned");
    }

    @Test
    void theNextInstantsOfAJobAreAnswered() {
        String id = createdId(aJob("{\"cron\": \"0 9 * * *\", \"timeZone\": \"Europe/Paris\"}"));
        String path = JOB + "/schedule";

        var winter = tree(get(path + "?count=2&from=2026-12-01T08:00:00Z", id), 200);

        assertThat(winter.get("next"))
                .isEqualTo(
                        json(
                                """
                                [{"at": "2026-12-01T08:00:00Z", "local": "2026-12-01T09:00:00+01:00"},
                                 {"at": "2026-12-02T08:00:00Z", "local": "2026-12-02T09:00:00+01:00"}]
                                """));
        assertThat(winter.get("description").textValue()).contains("09:00");
        assertThat(tree(get(path, id), 200).get("next")).hasSize(10);
        assertThat(tree(get(path + "?count=1000", id), 200).get("next")).hasSize(1000);
    }

    @Test
    void aScheduleThatEndsHasNoMoreInstantsThanItHas() {
        String once = createdId(aJob(FAR));
        String onDemand = createdId(aJob());

        assertThat(tree(get(JOB + "/schedule", once), 200).at("/next/0/at").textValue())
                .isEqualTo("2199-01-01T00:00:00Z");
        var past = tree(get(JOB + "/schedule?from=2199-01-01T00:00:01Z", once), 200);
        assertThat(past.get("next")).isEmpty();
        assertThat(past.at("/warnings/0/code").textValue()).isEqualTo("NEVER_FIRES");
        assertThat(tree(get(JOB + "/schedule", onDemand), 200).get("next")).isEmpty();
    }

    @Test
    void thePagesOfAJobsExecutionsAreAllOfThem() {
        String id = createdId(aJob());
        var runs = new HashSet<String>();
        for (int index = 0; index < 7; index++) {
            runs.add(triggered(id, "{\"overlap\": \"ALLOW\"}"));
        }

        var pages = pages(JOB + "/executions?limit=3", id);

        assertThat(pages).hasSize(3);
        assertThat(pages.getLast()).hasSize(1);
        assertThat(pages.stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(runs);
        assertThat(pages("/api/v1/executions?jobId={id}&limit=7", id)).hasSize(1);
        runs.forEach(io.carillon.support.Api::ended);
        assertThat(pages(JOB + "/executions?state=succeeded", id).getFirst()).hasSize(7);
        assertThat(pages(JOB + "/executions?state=FAILED", id).getFirst()).isEmpty();
        assertThat(pages(JOB + "/executions?to=2020-01-01T00:00:00Z", id).getFirst()).isEmpty();
    }

    private static List<List<String>> pages(String path, String id) {
        var pages = new ArrayList<List<String>>();
        String cursor = "";
        do {
            var page = tree(get(path + cursor, id), 200);
            var ids = new ArrayList<String>();
            page.get("items").forEach(item -> ids.add(item.get("id").textValue()));
            pages.add(ids);
            cursor = page.has("nextCursor") ? "&cursor=" + page.get("nextCursor").textValue() : "";
        } while (!cursor.isEmpty());
        return pages;
    }

    @Test
    void statisticsCountWhatSucceededAndWhatFailed() {
        var job = aJob();
        job.putObject("retry").put("maxAttempts", 1);
        String id = createdId(job);
        String empty = get(JOB + "/stats", id).asString();
        for (var config : List.of("{}", "{\"config\": {\"failures\": 1}}", "{}", "{}")) {
            ended(triggered(id, config));
        }

        var stats = tree(get(JOB + "/stats", id), 200);

        assertThat(json(empty)).isEqualTo(json("{\"total\": 0, \"byState\": {}}"));
        assertThat(stats.get("total").asLong()).isEqualTo(4);
        assertThat(stats.get("byState")).isEqualTo(json("{\"SUCCEEDED\": 3, \"FAILED\": 1}"));
        assertThat(stats.get("successRate").asDouble()).isEqualTo(0.75);
        assertThat(Duration.parse(stats.at("/duration/p50").textValue()))
                .isLessThanOrEqualTo(Duration.parse(stats.at("/duration/p99").textValue()));
        assertThat(tree(get(JOB + "/stats?to=2020-01-01T00:00:00Z", id), 200).get("total").asLong())
                .isZero();
    }

    private static String triggered(String jobId, String body) {
        return tree(body(body).post(JOB + "/trigger", jobId), 202).get("id").textValue();
    }

    private static String stateOf(String execution) {
        return io.carillon.support.Api.execution(execution).get("state").textValue();
    }

    private static long triggersOf(String id) {
        return Database.number("select count(*) from qrtz_triggers where trigger_name = ?", id);
    }

    @Test
    void batchesAreCreatedWithAResultForEach() {
        String namespace = unique("batch");
        var taken = aJob().put("namespace", namespace);
        created(taken);
        var batch = object();
        batch.putArray("jobs")
                .add(aJob("{\"every\": \"1h\"}").put("namespace", namespace))
                .add(taken)
                .add(aJob().put("namespace", namespace).put("name", "twice"))
                .add(aJob().put("namespace", namespace).put("name", "twice"))
                .add(aJob("\"61 * * * *\"").put("namespace", namespace))
                .add(aJob("\"0 0 30 2 *\"").put("namespace", namespace))
                .add(aJob().put("namespace", namespace).put("priority", 10))
                .add(7)
                .add(aJob().put("namespace", namespace).put("enabled", false));

        var result = tree(body(batch).post(JOBS + "/batch"), 200);

        var statuses = new ArrayList<Integer>();
        result.get("items").forEach(item -> statuses.add(item.get("status").asInt()));
        assertThat(statuses).containsExactly(201, 409, 201, 409, 400, 422, 400, 400, 201);
        assertThat(result.get("created").asInt()).isEqualTo(3);
        assertThat(result.get("failed").asInt()).isEqualTo(6);
        assertThat(fieldOf(result, 1)).isEqualTo("jobs[1].name");
        assertThat(fieldOf(result, 4)).isEqualTo("jobs[4].schedule.cron");
        assertThat(fieldOf(result, 5)).isEqualTo("jobs[5].schedule.cron");
        assertThat(fieldOf(result, 6)).isEqualTo("jobs[6].priority");
        assertThat(fieldOf(result, 7)).isEqualTo("jobs[7]");
        assertThat(result.at("/items/0").hasNonNull("nextFireAt")).isTrue();
        assertThat(names(JOBS + "?namespace=" + namespace)).hasSize(4);
        assertThat(triggersOf(result.at("/items/0/id").textValue())).isEqualTo(1);
    }

    private static String fieldOf(JsonNode result, int index) {
        return result.at("/items/" + index + "/problem/violations/0/field").textValue();
    }

    @Test
    void anAtomicBatchCreatesAllOrNone() {
        String namespace = unique("atomic");
        var good = object();
        good.putArray("jobs").add(aJob().put("namespace", namespace)).add(aJob("\"@daily\""));
        var bad = object();
        bad.putArray("jobs").add(aJob("\"@daily\"")).add(aJob().put("type", "unheard_of"));
        var twice = object();
        var same = aJob("\"@daily\"");
        twice.putArray("jobs").add(aJob("\"@daily\"")).add(same).add(same);
        String path = JOBS + "/batch?atomic=true";

        var created = tree(body(good).post(path), 200);
        var before = Database.stored();

        assertThat(created.get("created").asInt()).isEqualTo(2);
        assertProblem(body(bad).post(path), 400, "invalid-request", "jobs[1].type");
        assertProblem(body(twice).post(path), 409, "conflict", "jobs[2].name");
        assertThat(Database.stored()).isEqualTo(before);
    }

    @Test
    void aBatchHasOneToTenThousandJobs() {
        String namespace = unique("bulk");
        var full = batchOf(10_000, namespace);

        var result = tree(body(full).post(JOBS + "/batch"), 200);

        assertThat(result.get("created").asInt()).isEqualTo(10_000);
        assertProblem(
                body(batchOf(10_001, namespace)).post(JOBS + "/batch"),
                400,
                "invalid-request",
                "jobs");
        assertProblem(body("{\"jobs\": []}").post(JOBS + "/batch"), 400, "invalid-request", "jobs");
        assertProblem(body("{}").post(JOBS + "/batch"), 400, "invalid-request", "jobs");
        assertProblem(
                body("{\"jobs\": [{}]}").post(JOBS + "/batch?atomic=perhaps"),
                400,
                "invalid-request",
                "atomic");
    }

    private static ObjectNode batchOf(int size, String namespace) {
        var batch = object();
        var jobs = batch.putArray("jobs");
        for (int index = 0; index < size; index++) {
            jobs.addObject()
                    .put("name", "job-" + index)
                    .put("namespace", namespace)
                    .put("type", "noop")
                    .put("enabled", false)
                    .put("schedule", "0 0 1 1 *");
        }
        return batch;
    }

    @Test
    void anIdIsTimeOrdered() {
        assertThat(UUID.fromString(createdId(aJob())).version()).isEqualTo(7);
    }
}
