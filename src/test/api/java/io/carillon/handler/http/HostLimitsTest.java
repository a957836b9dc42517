package io.carillon.handler.http;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.aCallOf;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.execution;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.inState;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.HttpTarget;
import io.carillon.support.LoggedLines;
import io.carillon.support.Rows;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.URI;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One of the hosts may have two calls at once, the other is paused after three failures. */
@QuarkusTest
@TestProfile(HostLimitsTest.Limits.class)
class HostLimitsTest {
    public static final class Limits implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "carillon.outgoing.limits.few",
                    "127.0.0.1 concurrent=2",
                    "carillon.outgoing.limits.failing",
                    "localhost pause-after=3 pause=5s",
                    "carillon.outgoing.limits.others",
                    "* concurrent=1000 pause-after=1000");
        }
    }

    @Inject DataSource dataSource;

    @BeforeEach
    void endPauses() throws SQLException {
        new Rows(dataSource).change("delete from host_pause");
        await().until(() -> get("/q/metrics").asString().contains("carillon_hosts_paused 0.0"));
    }

    @Test
    void aHostHasNoMoreCallsAtOnceThanItMayAndTheOthersWaitWithoutASlot() throws SQLException {
        try (var target = HttpTarget.start().holdsItsAnswers();
                var other = HttpTarget.start()) {
            long retriesBefore = retries();
            String before = tree(get("/api/v1/events?after=now"), 200).get("next").textValue();
            var calls = submitted(target.url("/"), 6);
            await().until(() -> target.calls().size() == 2);
            assertThat(places(target)).isEqualTo(2);
            await().until(() -> calls.stream().filter(HostLimitsTest::isHeldBack).count() == 4);

            // Another host on the same machine is none of its business.
            assertThat(ended(submittedId(aCallOf(byName(other)))).get("state").textValue())
                    .isEqualTo("SUCCEEDED");
            assertThat(target.calls()).hasSize(2);
            assertThat(calls.stream().filter(HostLimitsTest::isHeldBack)).hasSize(4);
            assertThat(retries()).as("attempts that were none").isEqualTo(retriesBefore);

            var events = "/api/v1/events?executionId=" + calls.getLast() + "&after=" + before;
            assertThat(tree(get(events), 200).get("items")).as("failed attempts").isEmpty();

            target.letGo(6);
            assertThat(calls.stream().map(id -> ended(id)))
                    .allMatch(each -> each.get("state").textValue().equals("SUCCEEDED"))
                    .allMatch(each -> each.get("attempt").asInt() == 1)
                    .allMatch(each -> each.get("error") == null || each.get("error").isNull())
                    .allMatch(each -> each.path("errors").isEmpty());
            assertThat(target.calls()).hasSize(6);
            await().until(() -> places(target) == 0);
        }
    }

    @Test
    void whatIsHeldBackCanBeCancelled() {
        try (var target = HttpTarget.start().holdsItsAnswers()) {
            var calls = submitted(target.url("/"), 3);
            await().until(() -> calls.stream().anyMatch(HostLimitsTest::isHeldBack));
            String waiting =
                    calls.stream().filter(HostLimitsTest::isHeldBack).findFirst().orElseThrow();

            tree(post(EXECUTIONS + "/{id}/cancel", waiting), 202);

            assertThat(execution(waiting).get("state").textValue()).isEqualTo("CANCELLED");
            target.letGo(2);
            calls.forEach(id -> ended(id));
            assertThat(target.calls()).hasSize(2);
        }
    }

    /** A place is free again however its call has ended. */
    @Test
    void aCallThatTimesOutOrIsCancelledLeavesItsPlace() {
        try (var target = HttpTarget.start().holdsItsAnswers()) {
            submitted(target.url("/"), 1, "{\"timeout\": \"300ms\"}").forEach(id -> ended(id));
            var cancelled = submitted(target.url("/"), 1).getFirst();
            inState(cancelled, "RUNNING");
            await().until(() -> target.calls().size() == 2);
            tree(post(EXECUTIONS + "/{id}/cancel", cancelled), 202);
            ended(cancelled);

            submitted(target.url("/"), 2);

            await().until(() -> target.calls().size() == 4);
            target.letGo(4);
        }
    }

    @Test
    void aHostThatFailsIsPausedAndOneCallTriesAgain() throws SQLException {
        try (var target = HttpTarget.start().answers(503);
                var lines = LoggedLines.ofAll()) {
            submitted(byName(target), 3).forEach(id -> ended(id));
            assertThat(target.calls()).hasSize(3);
            await().until(() -> timesPaused(target) == 1);

            var held = submitted(byName(target), 4, "{\"delivery\": \"AT_MOST_ONCE\"}");
            await().until(() -> held.stream().allMatch(HostLimitsTest::isHeldBack));
            assertThat(execution(held.getFirst()).at("/error/code").textValue())
                    .isEqualTo("HOST_PAUSED");
            assertThat(target.calls()).hasSize(3);
            assertThat(get("/q/metrics").asString())
                    .contains("carillon_hosts_paused 1.0")
                    .containsPattern(
                            "carillon_calls_held_back_total\\{code=\"HOST_PAUSED\"} [4-9]");

            // One tries, and the others wait until it has told.
            target.holdsItsAnswers();
            await().until(() -> target.calls().size() == 4);
            await().until(
                            () ->
                                    held.stream().filter(HostLimitsTest::isHeldBack).count() == 3
                                            && held.stream()
                                                    .anyMatch(
                                                            id -> isHeldBack(id, "another call")));
            assertThat(target.calls()).hasSize(4);
            target.answers(200);
            target.letGo(1);

            assertThat(held.stream().map(id -> ended(id)))
                    .allMatch(each -> each.get("state").textValue().equals("SUCCEEDED"))
                    .allMatch(each -> each.get("attempt").asInt() == 1);
            assertThat(target.calls()).hasSize(7);
            await().until(() -> get("/q/metrics").asString().contains("carillon_hosts_paused 0.0"));
            assertThat(lines.all())
                    .anyMatch(line -> line.contains("host paused for PT5S, calls failed host="))
                    .anyMatch(line -> line.contains("host answers again"));
        }
    }

    @Test
    void aCallThatTriesAndFailsPausesItsHostAgain() {
        try (var target = HttpTarget.start().answers(500)) {
            submitted(byName(target), 3).forEach(id -> ended(id));
            await().until(() -> timesPaused(target) == 1);

            assertThat(ended(submitted(byName(target), 1).getFirst()).at("/error/code").textValue())
                    .isEqualTo("HTTP_STATUS");

            await().until(() -> timesPaused(target) == 2);
            assertThat(target.calls()).hasSize(4);
        }
    }

    /** Its attempts began before their calls did: a secret was read meanwhile. */
    @Test
    void aHostThatDoesNotAnswerInTimeIsPausedToo() {
        String secret = unique("secret");
        tree(body(object().put("value", "not told")).put("/api/v1/secrets/{name}", secret), 201);
        try (var target = HttpTarget.start().neverAnswers()) {
            var call =
                    "{\"timeout\": \"300ms\", \"config\": {\"url\": \"%s\", \"headers\": {\"X\": \"{{secret.%s}}\"}}}";
            submitted(byName(target), 3, call.formatted(byName(target), secret))
                    .forEach(id -> ended(id));

            await().until(() -> timesPaused(target) == 1);
            assertThat(target.calls()).hasSize(3);
        }
    }

    @Test
    void aDotAtTheEndOfItsNameIsNoWayAroundTheLimitsOfAHost() {
        try (var target = HttpTarget.start().answers(503)) {
            submitted(byName(target).replace("localhost", "localhost."), 3)
                    .forEach(id -> ended(id));

            await().until(() -> timesPaused(target) == 1);
        }
    }

    @Test
    void aHostThatIsASecretIsNeitherStoredNorLogged() throws SQLException {
        String secret = unique("secret");
        tree(body(object().put("value", "localhost")).put("/api/v1/secrets/{name}", secret), 201);
        try (var target = HttpTarget.start().answers(503);
                var lines = LoggedLines.ofAll()) {
            String url = byName(target).replace("localhost", "{{secret." + secret + "}}");
            submitted(url, 3).forEach(id -> ended(id));

            await().until(() -> texts("select host from host_pause").size() == 1);
            assertThat(texts("select host from host_pause"))
                    .allMatch(host -> host.matches("secret-[0-9a-f]{32}"));
            assertThat(lines.all())
                    .anyMatch(line -> line.contains("host paused"))
                    .noneMatch(line -> line.contains(":" + URI.create(byName(target)).getPort()));
        }
    }

    private List<String> texts(String sql) throws SQLException {
        return new Rows(dataSource).texts(sql);
    }

    /** A host that answers is fine, whatever it says of a request. */
    @Test
    void answersAreNoFailures() {
        try (var target = HttpTarget.start().answers(500).answers(500).answers(404);
                var lines = LoggedLines.ofWarnings()) {
            submitted(byName(target), 2).forEach(id -> ended(id));
            submitted(byName(target), 1).forEach(id -> ended(id));
            target.answers(500).answers(500).answers(200);
            submitted(byName(target), 2).forEach(id -> ended(id));
            submitted(byName(target), 1).forEach(id -> ended(id));

            assertThat(target.calls()).hasSize(6);
            assertThat(lines.all()).noneMatch(line -> line.contains("host paused"));
        }
    }

    private static List<String> submitted(String url, int count) {
        return submitted(url, count, "{}");
    }

    private static List<String> submitted(String url, int count, String more) {
        var call = aCallOf(url);
        call.set("retry", json("{\"maxAttempts\": 1}"));
        call.setAll((ObjectNode) json(more));
        return IntStream.range(0, count).mapToObj(_ -> submittedId(call)).toList();
    }

    private static String byName(HttpTarget target) {
        return target.url("/").replace("127.0.0.1", "localhost");
    }

    private static boolean isHeldBack(String id) {
        return isHeldBack(id, "");
    }

    private static boolean isHeldBack(String id, String why) {
        var execution = execution(id);
        return execution.get("state").textValue().equals("RETRYING")
                && execution.get("attempt").asInt() == 0
                && execution.at("/error/code").asText().startsWith("HOST_")
                && execution.at("/error/message").asText().contains(why);
    }

    private static long retries() {
        return get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith("carillon_attempt_seconds_count"))
                .filter(line -> line.contains("RETRYING"))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .mapToLong(count -> (long) Double.parseDouble(count))
                .sum();
    }

    /** Counts the locks whose keys begin like those of the host. */
    private long places(HttpTarget target) throws SQLException {
        return new Rows(dataSource)
                .number(
                        """
                        select count(*) from pg_locks
                        where locktype = 'advisory' and granted
                          and (classid::bigint << 32 | objid::bigint) & -1024
                              = ('x' || left(encode(sha256(convert_to('carillon.host ' || ?, 'UTF8')), 'hex'), 16))
                                    ::bit(64)::bigint & -1024
                        """,
                        URI.create(target.url("/")).getAuthority());
    }

    private long timesPaused(HttpTarget target) throws SQLException {
        return new Rows(dataSource)
                .number(
                        "select coalesce(max(times), 0) from host_pause where host = ?",
                        URI.create(byName(target)).getAuthority());
    }
}
