package io.carillon.job;

import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.created;
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
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.support.Database;
import io.carillon.support.HttpTarget;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@QuarkusTest
class JobRevisionsTest {
    private static final String JOB = JOBS + "/{id}";
    private static final String REVISIONS = JOB + "/revisions";
    private static final String RESTORE = REVISIONS + "/{version}/restore";

    @Test
    void everyChangeIsARevisionThatSaysWhatItChanged() {
        String id = createdId(aJob("\"0 9 * * *\""));
        patch(id, "{\"timeout\": \"90s\", \"labels\": {\"team\": \"sales\"}}");
        patch(id, "{\"timeout\": \"90s\"}");
        body("{\"note\": \"moving\"}").post(JOB + "/pause", id);
        post(JOB + "/pause", id);
        post(JOB + "/resume", id);

        var revisions = revisions(id);

        assertThat(texts(revisions, "version")).containsExactly("3", "2", "1", "0");
        assertThat(texts(revisions, "change"))
                .containsExactly("RESUMED", "PAUSED", "CHANGED", "CREATED");
        assertThat(texts(revisions, "actor")).containsOnly("anonymous");
        assertThat(revisions.at("/items/1/note").textValue()).isEqualTo("moving");
        assertThat(revisions.at("/items/1/changes"))
                .isEqualTo(json("{\"enabled\": {\"before\": true, \"after\": false}}"));
        assertThat(revisions.at("/items/2/changes"))
                .isEqualTo(
                        json(
                                """
                                {"timeout": {"before": "PT30S", "after": "PT1M30S"},
                                 "labels": {"before": {}, "after": {"team": "sales"}}}
                                """));
        assertThat(revisions.at("/items/3").has("changes")).isFalse();
        assertThat(revisions.at("/items/3/definition/timeout").textValue()).isEqualTo("PT30S");
        assertThat(revisions.get("totalCount").asInt()).isEqualTo(4);
    }

    @Test
    void thePagesOfRevisionsAreTheWholeHistory() {
        String id = createdId(aJob());
        for (int priority = 0; priority < 5; priority++) {
            patch(id, "{\"description\": \"%d\"}".formatted(priority));
        }

        var versions = new ArrayList<String>();
        for (int page = 1; page <= 4; page++) {
            var found = tree(get(REVISIONS + "?limit=2&page=" + page, id), 200);
            assertThat(found.get("totalPages").asInt()).isEqualTo(3);
            found.get("items").forEach(item -> versions.add(item.get("version").asText()));
            found.get("items")
                    .forEach(
                            item ->
                                    assertThat(item.has("changes"))
                                            .isEqualTo(item.get("version").asInt() > 0));
        }

        assertThat(versions).containsExactly("5", "4", "3", "2", "1", "0");
    }

    @Test
    void anEarlierDefinitionIsRestoredAsANewVersion() {
        var job = created(aJob("\"0 9 * * *\""));
        String id = job.get("id").textValue();
        patch(
                id,
                "{\"schedule\": {\"cron\": null, \"every\": \"1h\"}, \"priority\": 9, \"description\": \"d\"}");

        var response = request().header("If-Match", "\"1\"").noContentType().post(RESTORE, id, 0);

        var restored = tree(response, 200);
        assertThat(response.header("ETag")).isEqualTo("\"2\"");
        assertThat(restored.get("version").asInt()).isEqualTo(2);
        assertThat(restored.get("schedule")).isEqualTo(job.get("schedule"));
        assertThat(restored.get("nextFireAt")).isEqualTo(job.get("nextFireAt"));
        assertThat(restored.get("priority").asInt()).isEqualTo(5);
        assertThat(restored.has("description")).isFalse();
        assertThat(texts(revisions(id), "change"))
                .containsExactly("REVERTED", "CHANGED", "CREATED");
        assertThat(tree(post(RESTORE, id, 0), 200).get("version").asInt())
                .as("no difference is no version")
                .isEqualTo(2);
        assertThat(tree(post(RESTORE, id, 2), 200).get("version").asInt()).isEqualTo(2);
    }

    @Test
    void restoringNeitherPausesNorResumes() {
        String id = createdId(aJob("\"0 9 * * *\"").put("priority", 3));
        patch(id, "{\"priority\": 4}");
        post(JOB + "/pause", id);

        var restored = tree(post(RESTORE, id, 0), 200);

        assertThat(restored.get("priority").asInt()).isEqualTo(3);
        assertThat(restored.get("status").textValue()).isEqualTo("PAUSED");
    }

    @Test
    void restoringIsRefusedAsAnyChangeWouldBe() {
        String name = unique("name");
        String id = createdId(aJob("{\"at\": \"2199-01-01T00:00:00Z\"}").put("name", name));
        patch(id, "{\"name\": \"%s\"}".formatted(unique("other")));

        assertProblem(
                request().header("If-Match", "\"0\"").noContentType().post(RESTORE, id, 0),
                412,
                "stale-version");
        assertProblem(post(RESTORE, id, 7), 404, "not-found");
        assertProblem(post(RESTORE, id, "first"), 404, "not-found");
        assertProblem(post(RESTORE, id, -1), 404, "not-found");
        assertProblem(post(RESTORE, UUID.randomUUID(), 0), 404, "not-found");
        createdId(aJob().put("name", name));
        assertProblem(post(RESTORE, id, 0), 409, "conflict", "name");
        assertThat(revisions(id).get("totalCount").asInt()).as("nothing was kept").isEqualTo(2);
    }

    @Test
    void aDeletedJobsHistoryIsStillThere() {
        String id = createdId(aJob());
        request().delete(JOB, id);

        var revisions = revisions(id);

        assertThat(texts(revisions, "change")).containsExactly("DELETED", "CREATED");
        assertThat(revisions.at("/items/0/changes")).isEqualTo(object());
        assertProblem(get(REVISIONS, UUID.randomUUID()), 404, "not-found");
    }

    @Test
    void creatingManyKeepsNoRevisionAndIsOneEntryInTheAudit() {
        long revisionsBefore = Database.number("select count(*) from job_revision");
        long entriesBefore = Database.number("select count(*) from audit");
        var batch = object();
        var jobs = batch.putArray("jobs");
        for (int index = 0; index < 50; index++) {
            jobs.add(aJob("\"0 9 * * *\""));
        }

        var result = tree(body(batch).post(JOBS + "/batch"), 200);

        assertThat(result.get("created").asInt()).isEqualTo(50);
        assertThat(Database.number("select count(*) from job_revision")).isEqualTo(revisionsBefore);
        assertThat(Database.number("select count(*) from audit")).isEqualTo(entriesBefore + 1);
        assertThat(
                        Database.number(
                                "select jsonb_array_length(details -> 'jobIds') from audit"
                                        + " where action = 'JOBS_CREATED' and details -> 'jobIds' ?? ?",
                                result.at("/items/7/id").textValue()))
                .isEqualTo(50);
    }

    @Test
    void everyChangeIsInTheAuditWithWhatItChanged() {
        String id = createdId(aJob());
        patch(id, "{\"priority\": 9}");
        body("{\"note\": \"moving\"}").post(JOB + "/pause", id);
        post(RESTORE, id, 0);
        post(JOB + "/resume", id);
        request().delete(JOB, id);

        for (String expected :
                List.of(
                        "JOB_CREATED 0",
                        "JOB_CHANGED 1",
                        "JOB_PAUSED 2",
                        "JOB_REVERTED 3",
                        "JOB_RESUMED 4",
                        "JOB_DELETED 5")) {
            String[] entry = expected.split(" ");
            assertThat(
                            Database.number(
                                    "select count(*) from audit where job_id = ?::uuid and action = ?"
                                            + " and actor = 'anonymous' and details ->> 'version' = ?",
                                    id,
                                    entry[0],
                                    entry[1]))
                    .as(expected)
                    .isEqualTo(1);
        }
        assertThat(
                        Database.number(
                                """
                                select count(*) from audit
                                where job_id = ?::uuid and details @>
                                    '{"note": "moving", "changes": {"enabled": {"before": true, "after": false}}}'
                                """,
                                id))
                .isEqualTo(1);
    }

    @Test
    void theHandlerOfABackfillGetsTheInstantItStandsFor() {
        try (var target = HttpTarget.start()) {
            var job = aJob("\"0 9 * * *\"").put("type", "http");
            job.putObject("config").put("url", target.url("/"));
            String id = createdId(job);

            tree(
                    body("{\"from\": \"2026-01-01T00:00:00Z\", \"to\": \"2026-01-04T00:00:00Z\"}")
                            .post(JOB + "/backfill", id),
                    202);

            await().until(() -> target.calls().size() == 3);
            assertThat(target.calls())
                    .extracting(call -> call.headers().get("Carillon-Scheduled-At"))
                    .containsExactlyInAnyOrder(
                            "2026-01-01T09:00:00Z", "2026-01-02T09:00:00Z", "2026-01-03T09:00:00Z");
            var listed = tree(get(JOB + "/executions", id), 200).get("items");
            assertThat(listed)
                    .extracting(each -> each.get("origin").textValue())
                    .containsOnly("BACKFILL");
            assertThat(listed)
                    .extracting(each -> each.get("plannedAt").textValue())
                    .containsExactly(
                            "2026-01-03T09:00:00Z", "2026-01-02T09:00:00Z", "2026-01-01T09:00:00Z");
        }
    }

    private static void patch(String id, String change) {
        tree(body(change).patch(JOB, id), 200);
    }

    private static JsonNode revisions(String id) {
        return tree(get(REVISIONS, id), 200);
    }

    private static List<String> texts(JsonNode page, String field) {
        var texts = new ArrayList<String>();
        page.get("items").forEach(item -> texts.add(item.get(field).asText()));
        return texts;
    }
}
