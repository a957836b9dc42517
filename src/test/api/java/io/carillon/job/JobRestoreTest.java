package io.carillon.job;

import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.created;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.support.Database;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@QuarkusTest
class JobRestoreTest {
    @Test
    void aDeletedJobIsFoundAndComesBackWithItsScheduleAndItsHistory() {
        var before = created(aJob("\"0 9 * * MON\"").put("namespace", unique("ns")));
        String id = before.get("id").textValue();
        String listing = JOBS + "?namespace=" + before.get("namespace").textValue();
        delete(id);
        assertProblem(get(JOBS + "/" + id), 404, "not-found");
        assertThat(tree(get(listing), 200).get("totalCount").asInt()).isZero();
        var deleted = tree(get(listing + "&deleted=true"), 200).get("items").get(0);
        assertThat(deleted.get("id").textValue()).isEqualTo(id);
        assertThat(deleted.get("status").textValue()).isEqualTo("DELETED");
        assertThat(deleted.has("deletedAt")).isTrue();

        var response = post(JOBS + "/" + id + "/restore");

        var restored = tree(response, 200);
        assertThat(restored.get("status").textValue()).isEqualTo("ACTIVE");
        assertThat(restored.get("nextFireAt")).isEqualTo(before.get("nextFireAt"));
        assertThat(restored.has("deletedAt")).isFalse();
        assertThat(response.header("ETag")).isEqualTo("\"" + restored.get("version") + "\"");
        assertThat(tree(get(JOBS + "/" + id), 200)).isEqualTo(restored);
        assertThat(tree(get(listing + "&deleted=true"), 200).get("totalCount").asInt()).isZero();
    }

    @Test
    void nothingIsPlannedOfTheTimeInWhichItWasDeleted() {
        String id = createdId(aJob("{\"every\": \"1s\"}"));
        await().until(() -> planned(id) >= 1);
        delete(id);
        // Deleted for an hour, in which 3600 instants would have come due.
        Database.number(
                "update job set deleted_at = deleted_at - interval '1 hour' where id = ? returning 1",
                UUID.fromString(id));
        long plannedBefore = planned(id);

        var restored = restore(id);

        var restoredAt = Instant.parse(restored.get("updatedAt").textValue());
        await().until(() -> planned(id) > plannedBefore);
        assertThat(
                        Database.number(
                                "select count(*) from execution where job_id = ? and scheduled_at > ? "
                                        + "and scheduled_at <= ?::timestamptz",
                                UUID.fromString(id),
                                Instant.EPOCH.atOffset(java.time.ZoneOffset.UTC),
                                restoredAt.toString()))
                .isEqualTo(plannedBefore);
        assertThat(
                        Database.number(
                                "select coalesce(sum(skipped_count), 0) from execution where job_id = ?",
                                UUID.fromString(id)))
                .isZero();
        delete(id);
    }

    private static long planned(String id) {
        return Database.number(
                "select count(*) from execution where job_id = ?", UUID.fromString(id));
    }

    @Test
    void aPausedJobComesBackPaused() {
        String id = createdId(aJob("\"@hourly\""));
        io.carillon.support.Api.body("{\"note\": \"target moves\"}")
                .post(JOBS + "/" + id + "/pause");
        delete(id);

        var restored = restore(id);

        assertThat(restored.get("status").textValue()).isEqualTo("PAUSED");
        assertThat(restored.get("pauseNote").textValue()).isEqualTo("target moves");
        assertThat(tree(post(JOBS + "/" + id + "/resume"), 200).has("nextFireAt")).isTrue();
    }

    @Test
    void aJobWhoseScheduleEndedMeanwhileComesBackCompleted() {
        String id = createdId(aJob("{\"at\": \"2190-01-01T00:00:00Z\"}"));
        delete(id);
        Database.number(
                "update job set schedule = '{\"at\": \"2020-01-01T00:00:00Z\"}' where id = ? returning 1",
                UUID.fromString(id));

        assertThat(restore(id).get("status").textValue()).isEqualTo("COMPLETED");
    }

    @Test
    void aJobOnDemandComesBackAndRuns() {
        String id = createdId(aJob());
        delete(id);

        restore(id);

        assertThat(post(JOBS + "/" + id + "/trigger").statusCode()).isEqualTo(202);
    }

    @Test
    void aNameThatIsTakenByNowIsAConflictAndChangesNothing() {
        String name = unique("taken");
        String id = createdId(aJob("\"@hourly\"").put("name", name));
        delete(id);
        createdId(aJob().put("name", name));

        assertProblem(post(JOBS + "/" + id + "/restore"), 409, "conflict", "name");

        assertProblem(get(JOBS + "/" + id), 404, "not-found");
        assertThat(Database.number("select count(*) from qrtz_triggers where trigger_name = ?", id))
                .isZero();
    }

    @Test
    void aJobThatIsNotDeletedStaysAsItIs() {
        var job = created(aJob("\"@hourly\""));

        assertThat(restore(job.get("id").textValue())).isEqualTo(job);
    }

    @Test
    void whatNeverWasOrIsPastRetentionIsNotFound() {
        assertProblem(post(JOBS + "/" + UUID.randomUUID() + "/restore"), 404, "not-found");
        var job = aJob().put("namespace", unique("ns"));
        String id = createdId(job);
        delete(id);
        Database.number(
                "update job set deleted_at = deleted_at - interval '31 days' where id = ? returning 1",
                UUID.fromString(id));

        assertProblem(post(JOBS + "/" + id + "/restore"), 404, "not-found");
        assertThat(
                        tree(
                                        get(
                                                JOBS
                                                        + "?deleted=true&namespace="
                                                        + job.get("namespace").textValue()),
                                        200)
                                .get("totalCount")
                                .asInt())
                .isZero();
    }

    @Test
    void deletionAndRestorationAreInTheAuditLog() {
        String id = createdId(aJob());
        delete(id);
        restore(id);

        for (String action : new String[] {"JOB_DELETED", "JOB_RESTORED"}) {
            assertThat(
                            Database.number(
                                    "select count(*) from audit where job_id = ? and action = ?",
                                    UUID.fromString(id),
                                    action))
                    .as(action)
                    .isEqualTo(1);
        }
    }

    private static void delete(String id) {
        assertThat(request().delete(JOBS + "/" + id).statusCode()).isEqualTo(204);
    }

    private static JsonNode restore(String id) {
        return tree(post(JOBS + "/" + id + "/restore"), 200);
    }
}
