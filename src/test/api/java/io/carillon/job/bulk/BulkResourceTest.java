package io.carillon.job.bulk;

import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** What is declared, exported and done for many jobs at once. */
@QuarkusTest
class BulkResourceTest {
    private final String namespace = unique("bulk");

    private ObjectNode state(String owner, ObjectNode... jobs) {
        var state = object().put("namespace", namespace).put("owner", owner);
        state.putArray("jobs").addAll(List.of(jobs));
        return state;
    }

    private static ObjectNode job(String name, String cron) {
        var job = object().put("name", name).put("schedule", cron).put("type", "noop");
        job.putObject("config").put("message", name);
        return job;
    }

    private static Response applied(ObjectNode state, String options) {
        return body(state).post(JOBS + "/apply" + options);
    }

    private static JsonNode result(ObjectNode state, String options) {
        return tree(applied(state, options), 200);
    }

    private static List<String> names(JsonNode jobs) {
        return StreamSupport.stream(jobs.spliterator(), false)
                .map(job -> job.get("name").textValue())
                .toList();
    }

    private JsonNode byName(String name) {
        return tree(get(JOBS + "/by-name/{name}?namespace={in}", name, namespace), 200);
    }

    private List<String> all() {
        return names(tree(get(JOBS + "?namespace={in}", namespace), 200).get("items"));
    }

    @Test
    void aStateIsCreatedThenChangedThenLeftAlone() {
        var first = result(state("a", job("one", "0 9 * * *"), job("two", "0 9 * * *")), "");
        var second = result(state("a", job("one", "0 10 * * *"), job("two", "0 9 * * *")), "");
        var third = result(state("a", job("one", "0 10 * * *"), job("two", "0 9 * * *")), "");

        assertThat(names(first.get("created"))).containsExactly("one", "two");
        assertThat(first.at("/created/0/schedule").textValue())
                .isEqualTo("at 09:00 every day, UTC");
        assertThat(first.at("/created/0/next")).hasSize(3);
        assertThat(names(second.get("changed"))).containsExactly("one");
        assertThat(second.at("/changed/0/changes/schedule/before/cron").textValue())
                .isEqualTo("0 9 * * *");
        assertThat(second.at("/changed/0/nextBefore/0").textValue()).contains("T09:00");
        assertThat(second.at("/changed/0/next/0").textValue()).contains("T10:00");
        assertThat(second.get("unchanged").intValue()).isEqualTo(1);
        assertThat(third.get("unchanged").intValue()).isEqualTo(2);
        assertThat(byName("one").get("version").longValue()).isEqualTo(1);
        assertThat(byName("two").get("version").longValue()).isZero();
        assertThat(byName("two").at("/labels/managed-by").textValue()).isEqualTo("a");
    }

    @Test
    void aDryRunTellsTheSameAndChangesNothing() {
        result(state("a", job("kept", "0 9 * * *"), job("gone", "0 9 * * *")), "");
        var next = state("a", job("kept", "0 10 * * *"), job("new", "0 9 * * *"));

        var dry = result(next, "?dryRun=true&prune=true");

        assertThat(dry.get("dryRun").booleanValue()).isTrue();
        assertThat(names(dry.get("created"))).containsExactly("new");
        assertThat(dry.at("/created/0").has("id")).isFalse();
        assertThat(names(dry.get("deleted"))).containsExactly("gone");
        assertThat(all()).containsExactly("gone", "kept");
        assertThat(byName("kept").get("version").longValue()).isZero();
        assertThat(tree(get("/api/v1/audit?namespace={in}", namespace), 200).toString())
                .doesNotContain("JOB_DELETED");

        var done = (ObjectNode) result(next, "?prune=true");
        assertThat(done.get("changed")).isEqualTo(dry.get("changed"));
        assertThat(done.get("deleted")).isEqualTo(dry.get("deleted"));
        assertThat(all()).containsExactly("kept", "new");
    }

    @Test
    void withoutPruneWhatIsNoLongerNamedStaysAndIsTold() {
        result(state("a", job("one", "0 9 * * *"), job("two", "0 9 * * *")), "");

        var second = result(state("a", job("one", "0 9 * * *")), "");

        assertThat(names(second.get("left"))).containsExactly("two");
        assertThat(second.get("deleted")).isEmpty();
        assertThat(all()).containsExactly("one", "two");
    }

    @Test
    void jobsOfOthersAreNeverTouched() {
        result(state("a", job("of-a", "0 9 * * *")), "");
        createdId(job("of-nobody", "0 9 * * *").put("namespace", namespace));

        var response =
                applied(
                        state("b", job("of-a", "@daily"), job("of-nobody", "@daily")),
                        "?prune=true");

        assertProblem(response, 409, "conflict", "jobs[0].name", "jobs[1].name");
        assertThat(names(result(state("b"), "?prune=true").get("deleted"))).isEmpty();
        assertThat(all()).containsExactly("of-a", "of-nobody");
        result(state("b", job("of-nobody", "@daily")), "?adopt=true");
        assertThat(byName("of-nobody").at("/labels/managed-by").textValue()).isEqualTo("b");
    }

    @Test
    void oneThatIsRefusedKeepsAllOthersFromIt() {
        result(state("a", job("first", "0 9 * * *")), "");

        assertProblem(
                applied(
                        state(
                                "a",
                                job("first", "0 10 * * *"),
                                job("never", "0 0 30 2 *"),
                                job("third", "0 9 * * *")),
                        ""),
                422,
                "never-fires",
                "jobs[1].schedule.cron");
        assertProblem(
                applied(
                        state("a", job("x", "0 9 * *"), job("y", "0 9 * * *").put("nme", 1)),
                        "?dryRun=true"),
                400,
                "invalid-request",
                "jobs[0].schedule.cron",
                "jobs[1].nme");

        assertThat(all()).containsExactly("first");
        assertThat(byName("first").get("version").longValue()).isZero();
    }

    @Test
    void jobsFollowEachOtherByNameInAnyOrder() {
        var last = job("last", "0 9 * * *");
        last.remove("schedule");
        last.putObject("after").put("job", "middle");
        var middle = job("middle", "0 9 * * *");
        middle.remove("schedule");
        middle.putObject("after").put("job", "first").put("on", "ANY");

        var made = result(state("a", last, middle, job("first", "0 9 * * *")), "");

        assertThat(names(made.get("created"))).containsExactly("last", "middle", "first");
        assertThat(byName("middle").at("/after/jobId")).isEqualTo(byName("first").get("id"));
        assertThat(result(state("a", last, middle, job("first", "0 9 * * *")), "").get("unchanged"))
                .isEqualTo(json("3"));
        var first = job("first", "0 9 * * *");
        first.putObject("after").put("job", "last");
        assertProblem(
                applied(state("a", last, middle, first), ""),
                400,
                "invalid-request",
                "jobs[0].after.job");
        // The order of a chain may be turned round.
        var turned = job("middle", "0 9 * * *");
        turned.putObject("after").put("job", "last");
        var end = job("first", "0 9 * * *");
        end.putObject("after").put("job", "middle");
        assertThat(result(state("a", job("last", "0 9 * * *"), turned, end), "").get("changed"))
                .hasSize(3);
    }

    @Test
    void whatWasPausedStaysPausedUnlessItIsSaid() {
        result(state("a", job("one", "0 9 * * *")), "");
        post(JOBS + "/{id}/pause", byName("one").get("id").textValue());

        assertThat(result(state("a", job("one", "0 9 * * *")), "").get("unchanged"))
                .isEqualTo(json("1"));
        result(state("a", job("one", "0 10 * * *")), "");
        assertThat(byName("one").get("enabled").booleanValue()).isFalse();
        result(state("a", job("one", "0 10 * * *").put("enabled", true)), "");
        assertThat(byName("one").get("enabled").booleanValue()).isTrue();
    }

    @Test
    void aRequestNamesEachJobOnceAndOneNamespace() {
        assertProblem(
                applied(
                        state(
                                "a",
                                job("one", "@daily"),
                                job("one", "@daily"),
                                job("two", "@daily").put("namespace", "elsewhere"),
                                job("three", "@daily")
                                        .set("labels", object().put("managed-by", "b"))),
                        ""),
                400,
                "invalid-request",
                "jobs[1].name",
                "jobs[2].namespace",
                "jobs[3].labels.managed-by");
        assertProblem(applied(object().put("owner", "a"), ""), 400, "invalid-request", "jobs");
        assertProblem(
                applied(object().put("jobs", "none"), ""), 400, "invalid-request", "jobs", "owner");
    }

    @Test
    void statesOfOneOwnerDoNotMix() throws Exception {
        var states = new ArrayList<Callable<Integer>>();
        for (int each = 0; each < 8; each++) {
            String cron = each + " 9 * * *";
            var state =
                    state(
                            "a",
                            IntStream.range(0, 10)
                                    .mapToObj(n -> job("job-" + n, cron))
                                    .toArray(ObjectNode[]::new));
            states.add(() -> applied(state, "").statusCode());
        }
        try (var clients = Executors.newFixedThreadPool(8)) {
            for (Future<Integer> status : clients.invokeAll(states)) {
                assertThat(status.get()).isEqualTo(200);
            }
        }

        var crons =
                IntStream.range(0, 10)
                        .mapToObj(n -> byName("job-" + n).at("/schedule/cron").textValue())
                        .distinct();
        assertThat(crons).hasSize(1);
    }

    @Test
    void whatIsExportedIsWhatApplyTakes() {
        var report = job("report", "0 9 * * *").put("timeout", "90s");
        report.putObject("labels").put("team", "sales");
        var mail = job("mail", "@daily");
        mail.remove("schedule");
        mail.putObject("after").put("job", "report").put("on", "FAILURE");
        result(state("a", report, mail), "");
        createdId(job("of-nobody", "0 9 * * *").put("namespace", namespace));

        var export = tree(get(JOBS + "/export?namespace={in}&owner=a", namespace), 200);
        var yaml =
                request()
                        .accept("application/yaml")
                        .get(JOBS + "/export?namespace={in}&owner=a", namespace);

        assertThat(export.get("jobs"))
                .isEqualTo(
                        json(
                                """
                                [{"name": "mail", "type": "noop", "config": {"message": "mail"},
                                  "after": {"job": "report", "on": "FAILURE"}},
                                 {"name": "report", "type": "noop", "config": {"message": "report"},
                                  "schedule": {"cron": "0 9 * * *"}, "timeout": "PT1M30S", "labels": {"team": "sales"}}]
                                """));
        assertThat(result((ObjectNode) export, "?prune=true").get("unchanged"))
                .isEqualTo(json("2"));
        assertThat(yaml.contentType()).startsWith("application/yaml");
        var again =
                request()
                        .contentType("application/yaml")
                        .body(yaml.asByteArray())
                        .post(JOBS + "/apply?prune=true");
        assertThat(tree(again, 200).get("unchanged")).isEqualTo(json("2"));
        assertThat(names(tree(get(JOBS + "/export?namespace={in}", namespace), 200).get("jobs")))
                .containsExactly("mail", "of-nobody", "report");
    }

    @Test
    void yamlIsReadStrictlyToo() {
        assertProblem(yaml("owner: a\njobs: []\nowner: b\n"), 400, "invalid-request", "");
        assertProblem(yaml("owner: a\njobs: ["), 400, "invalid-request", "");
        assertProblem(
                yaml(
                        "owner: a\njobs:\n- {name: one, type: noop, shedule: '@daily', weight: 1.5}\n"),
                400,
                "invalid-request",
                "jobs[0].shedule",
                "jobs[0].weight");
        assertThat(
                        request()
                                .contentType("application/yaml")
                                .body("name: one\ntype: noop\n".getBytes(StandardCharsets.UTF_8))
                                .post(JOBS)
                                .statusCode())
                .isEqualTo(415);
    }

    private static Response yaml(String text) {
        return request()
                .contentType("application/yaml")
                .body(text.getBytes(StandardCharsets.UTF_8))
                .post(JOBS + "/apply");
    }

    @Test
    void anActionIsForWhatTheFilterFinds() {
        var http = aJob("\"0 9 * * *\"").put("namespace", namespace).put("type", "http");
        http.putObject("config").put("url", "https://Shop.example.com:8443/a?b=c");
        String shop = createdId(http);
        var other = aJob("\"0 9 * * *\"").put("namespace", namespace).put("type", "http");
        other.putObject("config").put("url", "https://x.example.com/?to=https://shop.example.com/");
        createdId(other);
        var longer = aJob("\"0 9 * * *\"").put("namespace", namespace).put("type", "http");
        longer.putObject("config").put("url", "https://shop.example.com.example.org/");
        createdId(longer);
        createdId(job("three", "0 9 * * *").put("namespace", namespace));
        var pause = object().put("action", "PAUSE").put("note", "moved");
        pause.putObject("filter").put("namespace", namespace).put("host", "shop.example.com");

        var dry = tree(body(pause).post(JOBS + "/actions?dryRun=true"), 200);
        assertThat(enabled(shop)).isTrue();
        var done = tree(body(pause).post(JOBS + "/actions"), 200);

        assertThat(dry.get("matched").intValue()).isEqualTo(1);
        assertThat(dry.get("done").intValue()).isZero();
        assertThat(done.get("done").intValue()).isEqualTo(1);
        assertThat(done.at("/jobs/0/id").textValue()).isEqualTo(shop);
        assertThat(enabled(shop)).isFalse();
        assertThat(tree(get(JOBS + "/" + shop), 200).get("pauseNote").textValue())
                .isEqualTo("moved");
        assertThat(
                        tree(get(JOBS + "?namespace={in}&host=SHOP.example.com", namespace), 200)
                                .get("totalCount"))
                .isEqualTo(json("1"));

        var trigger = object().put("action", "TRIGGER");
        trigger.putObject("filter").put("namespace", namespace).put("type", "noop");
        var run = tree(body(trigger).post(JOBS + "/actions"), 200);
        assertThat(
                        get("/api/v1/executions/" + run.at("/jobs/0/executionId").textValue())
                                .statusCode())
                .isEqualTo(200);

        var delete = object().put("action", "DELETE");
        delete.putObject("filter").put("namespace", namespace);
        assertThat(tree(body(delete).post(JOBS + "/actions"), 200).get("done").intValue())
                .isEqualTo(4);
        assertThat(all()).isEmpty();
    }

    private static boolean enabled(String id) {
        return tree(get(JOBS + "/" + id), 200).get("enabled").booleanValue();
    }

    @Test
    void anActionWithoutAConditionIsRefused() {
        assertProblem(
                body("{\"action\": \"DELETE\", \"filter\": {}}").post(JOBS + "/actions"),
                400,
                "invalid-request",
                "filter");
        assertProblem(
                body("{\"action\": \"STOP\"}").post(JOBS + "/actions"),
                400,
                "invalid-request",
                "action",
                "filter");
    }
}
