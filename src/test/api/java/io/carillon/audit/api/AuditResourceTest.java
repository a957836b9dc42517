package io.carillon.audit.api;

import static io.carillon.security.Keys.ADMIN;
import static io.carillon.security.Keys.id;
import static io.carillon.security.Keys.made;
import static io.carillon.security.Keys.text;
import static io.carillon.security.Keys.with;
import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.aSubmission;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.security.Keys;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(Keys.class)
class AuditResourceTest {
    private static final String AUDIT = "/api/v1/audit";

    private final String home = unique("home");

    @Test
    void everyChangeIsThereWithWhoMadeItFromWhereAndForWhichRequest() {
        var editor = made("EDITOR", home);
        String key = text(editor);
        String job = id(tree(with(key, aJob()).post(JOBS), 201));

        with(key, object().put("note", "the shop is closed"))
                .header("X-Request-Id", "pause-4711")
                .post(JOBS + "/" + job + "/pause")
                .then()
                .statusCode(200)
                .header("X-Request-Id", "pause-4711");

        var entry = entries(AUDIT + "?namespace=" + home + "&action=JOB_PAUSED").get(0);
        assertThat(entry.get("actor").textValue()).endsWith("(key " + id(editor) + ")");
        assertThat(entry.get("address").textValue()).isEqualTo("127.0.0.1");
        assertThat(entry.get("requestId").textValue()).isEqualTo("pause-4711");
        assertThat(entry.get("jobId").textValue()).isEqualTo(job);
        assertThat(entry.at("/details/note").textValue()).isEqualTo("the shop is closed");
    }

    @Test
    void whatARoleDoesNotAllowIsThereWithWhoAskedForIt() {
        var viewer = made("VIEWER", home);
        String job = id(tree(with(ADMIN, aJob().put("namespace", home)).post(JOBS), 201));

        with(text(viewer))
                .header("X-Request-Id", "forbidden-4711")
                .delete(JOBS + "/" + job)
                .then()
                .statusCode(403);
        with(text(viewer)).get("/api/v1/keys").then().statusCode(403);

        var entries = refusals(viewer, "REQUEST_REFUSED");
        assertThat(entries).hasSize(2);
        assertThat(entries.get(0).at("/details/path").textValue()).isEqualTo("/api/v1/keys");
        var entry = entries.get(1);
        assertThat(entry.get("requestId").textValue()).isEqualTo("forbidden-4711");
        assertThat(entry.get("address").textValue()).isEqualTo("127.0.0.1");
        assertThat(entry.at("/details/method").textValue()).isEqualTo("DELETE");
        assertThat(entry.at("/details/path").textValue()).isEqualTo(JOBS + "/" + job);
        assertThat(entry.at("/details/why").textValue()).contains("role editor");
    }

    @Test
    void aKeyThatIsNoLongerValidIsThereAndOneThatNeverWasIsNot() {
        var editor = made("EDITOR", home);
        with(ADMIN).delete("/api/v1/keys/" + id(editor)).then().statusCode(204);

        with(text(editor)).get(JOBS).then().statusCode(401);
        with(text(editor) + "x").get(JOBS).then().statusCode(401);

        assertThat(refusals(editor, "KEY_REFUSED"))
                .singleElement()
                .extracting(entry -> entry.at("/details/why").textValue())
                .asString()
                .startsWith("it was revoked at ");
    }

    @Test
    void whoeverIsRefusedAgainAndAgainDoesNotFillTheLog() {
        var viewer = made("VIEWER", home);
        for (int request = 0; request < 40; request++) {
            with(text(viewer)).get("/api/v1/keys").then().statusCode(403);
        }

        // A minute may have ended meanwhile.
        var entries = refusals(viewer, "REQUEST_REFUSED");
        assertThat(entries).hasSizeBetween(10, 20);
        assertThat(entries)
                .extracting(entry -> entry.at("/details/othersBefore").asInt())
                .allMatch(others -> others == 0 || entries.size() > 10);
    }

    private static List<JsonNode> refusals(JsonNode key, String action) {
        return entries(AUDIT + "?limit=100&action=" + action).stream()
                .filter(entry -> entry.get("actor").textValue().endsWith("(key " + id(key) + ")"))
                .toList();
    }

    @Test
    void whatIsDoneToExecutionsAndCalendarsIsThereToo() {
        String key = text(made("EDITOR", home));
        String waiting =
                id(
                        tree(
                                with(key, aSubmission().put("runAt", "2099-01-01T00:00:00Z"))
                                        .post(EXECUTIONS),
                                202));
        var calendar = json("{\"entries\": [{\"date\": \"2026-12-25\"}]}");
        String job = id(tree(with(key, aJob()).post(JOBS), 201));

        tree(with(key, object().put("priority", 9)).patch(EXECUTIONS + "/" + waiting), 200);
        tree(with(key).noContentType().post(EXECUTIONS + "/" + waiting + "/cancel"), 202);
        tree(with(key).noContentType().post(EXECUTIONS + "/" + waiting + "/replay"), 202);
        tree(with(key, object()).post(JOBS + "/" + job + "/trigger"), 202);
        tree(with(key, calendar).put("/api/v1/calendars/holidays"), 201);
        with(key).delete("/api/v1/calendars/holidays").then().statusCode(204);

        assertThat(entries(AUDIT + "?limit=100&namespace=" + home))
                .extracting(entry -> entry.get("action").textValue())
                .containsExactly(
                        "CALENDAR_DELETED",
                        "CALENDAR_CREATED",
                        "JOB_TRIGGERED",
                        "EXECUTION_REPLAYED",
                        "EXECUTION_CANCELLED",
                        "EXECUTION_MOVED",
                        "JOB_CREATED",
                        "KEY_CREATED");
    }

    @Test
    void pagesFollowOneAnotherAndTheExportHasAll() {
        String key = text(made("EDITOR", home));
        for (int count = 0; count < 5; count++) {
            tree(with(key, aJob()).post(JOBS), 201);
        }

        var first = tree(with(ADMIN).get(AUDIT + "?limit=4&namespace=" + home), 200);
        var next =
                tree(
                        with(ADMIN)
                                .get(
                                        AUDIT
                                                + "?limit=4&namespace="
                                                + home
                                                + "&cursor="
                                                + first.get("nextCursor").textValue()),
                        200);

        assertThat(first.get("items")).hasSize(4);
        assertThat(next.get("items")).hasSize(2);
        assertThat(next.has("nextCursor")).isFalse();
        var lines =
                with(ADMIN).get(AUDIT + "/export?namespace=" + home).asString().lines().toList();
        assertThat(lines).hasSize(6);
        assertThat(json(lines.getFirst())).isEqualTo(first.get("items").get(0));
    }

    @Test
    void anotherNamespacesChangesAreOutOfSight() {
        tree(with(text(made("EDITOR", home)), aJob()).post(JOBS), 201);
        String other = text(made("ADMIN", unique("other")));

        assertThat(tree(with(other).get(AUDIT + "?namespace=" + home), 200).get("items")).isEmpty();
        assertThat(with(other).get(AUDIT).asString()).doesNotContain(home);
        assertThat(with(other).get(AUDIT + "/export").asString()).doesNotContain(home);
    }

    private static List<JsonNode> entries(String path) {
        var entries = new ArrayList<JsonNode>();
        tree(with(ADMIN).get(path), 200).get("items").forEach(entries::add);
        return entries;
    }
}
