package io.carillon.security;

import static io.carillon.security.Keys.ADMIN;
import static io.carillon.security.Keys.KEYS;
import static io.carillon.security.Keys.id;
import static io.carillon.security.Keys.made;
import static io.carillon.security.Keys.madeBy;
import static io.carillon.security.Keys.text;
import static io.carillon.security.Keys.with;
import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carillon.support.Database;
import io.carillon.support.Rows;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@TestProfile(Keys.class)
class KeyResourceTest {
    private final Rows rows;

    KeyResourceTest(DataSource dataSource) {
        rows = new Rows(dataSource);
    }

    @Test
    void aRequestWithoutAKeyIsRefusedAndToldHow() {
        var response = get(JOBS);

        var problem = assertProblem(response, 401, "unauthenticated");
        assertThat(problem.get("detail").textValue()).contains("Authorization: Bearer");
        assertThat(response.header("WWW-Authenticate")).startsWith("Bearer");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "carillon_aaaaaaaaaaaa_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "an-admin-key-of-32-characters-or-mora"
            })
    void aKeyThatIsNoneIsRefused(String key) {
        var response = with(key).get(JOBS);

        assertProblem(response, 401, "unauthenticated");
        assertThat(response.header("WWW-Authenticate")).startsWith("Bearer");
    }

    @Test
    void aKeyIsGoodInEitherHeader() {
        String key = text(made("VIEWER", "default"));

        assertThat(with(key).get(JOBS).statusCode()).isEqualTo(200);
        assertThat(request().header("X-Api-Key", key).get(JOBS).statusCode()).isEqualTo(200);
    }

    @Test
    void theTextOfAKeyIsToldOnceAndKeptNowhere() {
        var key = made("EDITOR", "billing");
        String secret = text(key).substring(text(key).lastIndexOf('_') + 1);

        assertThat(tree(with(ADMIN).get(KEYS + "/" + id(key)), 200).has("key")).isFalse();
        assertThat(with(ADMIN).get(KEYS).asString()).contains(id(key)).doesNotContain(secret);
        assertThat(
                        Database.number(
                                "select count(*) from api_key k where strpos(k::text, ?) > 0",
                                secret))
                .isZero();
        assertThat(
                        Database.number(
                                "select count(*) from audit a where strpos(a::text, ?) > 0",
                                secret))
                .isZero();
    }

    @Test
    void aRevokedKeyIsRefusedAtOnce() {
        var key = made("VIEWER", "default");
        assertThat(with(text(key)).get(JOBS).statusCode()).isEqualTo(200);

        assertThat(with(ADMIN).delete(KEYS + "/" + id(key)).statusCode()).isEqualTo(204);

        assertProblem(with(text(key)).get(JOBS), 401, "unauthenticated");
        assertThat(tree(with(ADMIN).get(KEYS + "/" + id(key)), 200).has("revokedAt")).isTrue();
    }

    @Test
    void aKeyRevokedByAnotherReplicaIsRefusedSoon() throws SQLException {
        var key = made("VIEWER", "default");

        // What another replica does, its notification lost.
        rows.change(
                "update api_key set revoked_at = now(), revision = nextval('api_key_revision') where id = ?",
                id(key));

        await().atMost(Duration.ofSeconds(5))
                .until(() -> with(text(key)).get(JOBS).statusCode() == 401);
    }

    @Test
    void anExpiredKeyIsRefused() {
        var request = object().put("name", unique("short")).put("role", "VIEWER");
        var key = tree(with(ADMIN, request.put("expiresIn", "1s")).post(KEYS), 201);
        assertThat(key.has("expiresAt")).isTrue();

        await().atMost(Duration.ofSeconds(5))
                .until(() -> with(text(key)).get(JOBS).statusCode() == 401);
    }

    @Test
    void aRotatedKeyIsGoodForTheOverlapAndItsSuccessorFromThenOn() {
        var former = made("VIEWER", "default");

        var successor =
                tree(
                        with(ADMIN, object().put("overlap", "1h"))
                                .post(KEYS + "/" + id(former) + "/rotate"),
                        201);
        assertThat(with(text(former)).get(JOBS).statusCode()).isEqualTo(200);
        assertThat(with(text(successor)).get(JOBS).statusCode()).isEqualTo(200);
        assertThat(successor.get("name")).isEqualTo(former.get("name"));

        var last =
                tree(
                        with(ADMIN, object().put("overlap", 0))
                                .post(KEYS + "/" + id(successor) + "/rotate"),
                        201);
        assertProblem(with(text(successor)).get(JOBS), 401, "unauthenticated");
        assertThat(with(text(last)).get(JOBS).statusCode()).isEqualTo(200);
        assertProblem(
                with(ADMIN, object()).post(KEYS + "/" + id(successor) + "/rotate"),
                409,
                "conflict");
    }

    @Test
    void theManagerOfANamespaceSeesAndMakesItsKeysAlone() {
        String mine = unique("mine");
        String manager = text(made("ADMIN", mine));
        var foreign = made("VIEWER", unique("theirs"));

        var own = madeBy(manager, "EDITOR", mine);

        assertThat(with(manager).get(KEYS).asString())
                .contains(id(own))
                .doesNotContain(id(foreign));
        assertProblem(with(manager).get(KEYS + "/" + id(foreign)), 404, "not-found");
        assertProblem(with(manager).delete(KEYS + "/" + id(foreign)), 404, "not-found");
        assertProblem(
                with(manager)
                        .contentType("application/json")
                        .post(KEYS + "/" + id(foreign) + "/rotate"),
                404,
                "not-found");
        for (String namespace : new String[] {"*", "theirs"}) {
            var request = object().put("name", "more").put("role", "VIEWER");
            request.putArray("namespaces").add(namespace);
            assertProblem(with(manager, request).post(KEYS), 403, "forbidden");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"VIEWER", "EDITOR", "WORKER", "METRICS"})
    void onlyAdminsManageKeys(String role) {
        String key = text(made(role, "*"));

        var problem = assertProblem(with(key).get(KEYS), 403, "forbidden");

        assertThat(problem.get("detail").textValue()).contains("role admin");
    }

    @Test
    void metricsNeedTheirRole() {
        String path = "/q/metrics";

        assertProblem(get(path), 401, "unauthenticated");
        assertProblem(with(text(made("EDITOR", "*"))).get(path), 403, "forbidden");
        assertThat(with(text(made("METRICS", "*"))).get(path).asString()).contains("carillon_");
    }

    @Test
    void healthNeedsNoKey() {
        assertThat(get("/q/health/live").statusCode()).isEqualTo(200);
    }

    @Test
    void changesAreRecordedUnderTheNameOfTheKey() {
        var key = made("EDITOR", "default");

        var job = tree(with(text(key), aJob()).post(JOBS), 201);

        var revisions =
                tree(with(ADMIN).get(JOBS + "/" + job.get("id").textValue() + "/revisions"), 200);
        assertThat(revisions.get("items").get(0).get("actor").textValue())
                .isEqualTo("%s (key %s)".formatted(key.get("name").textValue(), id(key)));
    }

    @Test
    void theLastUseOfAKeyIsKept() {
        var key = made("VIEWER", "default");

        assertThat(with(text(key)).get(JOBS).statusCode()).isEqualTo(200);

        await().atMost(Duration.ofSeconds(60))
                .until(() -> tree(with(ADMIN).get(KEYS + "/" + id(key)), 200).has("lastUsedAt"));
    }
}
