package io.carillon.security;

import static io.carillon.security.Keys.ADMIN;
import static io.carillon.security.Keys.KEYS;
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
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.OpenApi;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every operation of the API, by every role, in a namespace of one's own and in another's. */
@QuarkusTest
@TestProfile(Keys.class)
class RolesTest {
    private static final Pattern ROW =
            Pattern.compile(
                    "\\| `(GET|POST|PUT|PATCH|DELETE) (/api/\\S+)` \\| `(\\w+)`( everywhere)? \\|");

    /** Operations that a token in their URL permits. */
    private static final Pattern OPEN =
            Pattern.compile("\\| `(GET|POST) (/api/\\S+/\\{token\\}\\S*)` \\| none \\|");

    private static final Set<Integer> REFUSED = Set.of(401, 403, 404);
    private static final Set<String> MAKE =
            Set.of(
                    "post " + JOBS,
                    "post " + JOBS + "/apply",
                    "post " + EXECUTIONS,
                    "post /api/v1/rules",
                    "post /api/v1/workers",
                    "post /api/v1/schedules/preview");

    private final String home = unique("home");
    private final String other = unique("other");
    private final Map<Role, String> atHome = new EnumMap<>(Role.class);
    private final Map<Role, String> elsewhere = new EnumMap<>(Role.class);
    private final Map<Role, String> everywhere = new EnumMap<>(Role.class);

    private record Rule(Role role, boolean everywhere) {}

    @BeforeEach
    void makeKeys() {
        for (var role : Role.values()) {
            atHome.put(role, text(made(role.name(), home)));
            elsewhere.put(role, text(made(role.name(), other)));
            everywhere.put(role, text(made(role.name(), "*")));
        }
    }

    @Test
    void everyOperationIsInTheTableAndTheTableHasNoOther() throws IOException {
        assertThat(table().keySet())
                .containsExactlyInAnyOrderElementsOf(
                        operations().stream().map(OpenApi.Operation::name).toList());
        assertThat(open(Files.readString(Path.of("docs/security.md"))))
                .containsExactlyInAnyOrderElementsOf(
                        OpenApi.read().operations().stream()
                                .filter(RolesTest::isOpen)
                                .map(OpenApi.Operation::name)
                                .toList());
    }

    @Test
    void whatATokenPermitsIsRefusedWithoutAGenuineOneWhateverTheKey() {
        for (var operation : OpenApi.read().operations()) {
            if (isOpen(operation)) {
                for (var key : List.of("", text(made("ADMIN", "*")))) {
                    var asked = key.isEmpty() ? request() : with(key);
                    var response =
                            send(asked, operation, unknownPath(operation), example(operation));

                    assertThat(response.statusCode()).as(operation.name()).isEqualTo(404);
                }
            }
        }
    }

    @Test
    void everyOperationRefusesWhoBringsNoGoodKey() {
        var revoked = made("ADMIN", "*");
        assertThat(with(ADMIN).delete(KEYS + "/" + id(revoked)).statusCode()).isEqualTo(204);
        var short_ = object().put("name", "short").put("role", "ADMIN").put("expiresIn", "100ms");
        short_.putArray("namespaces").add("*");
        var expired = tree(with(ADMIN, short_).post(KEYS), 201);
        await().atMost(Duration.ofSeconds(5))
                .until(() -> with(text(expired)).get(JOBS).statusCode() == 401);

        for (var operation : operations()) {
            String path = unknownPath(operation);
            for (var key : List.of("", "nonsense", text(revoked), text(expired))) {
                var asked = key.isEmpty() ? request() : with(key);
                var response = send(asked, operation, path, object());

                assertThat(response.statusCode())
                        .as(operation.name() + " with " + key)
                        .isEqualTo(401);
            }
        }
    }

    @Test
    void everyOperationLetsTheRolesOfTheTableThroughAtHome() throws IOException {
        var wrong = new ArrayList<String>();
        for (var operation : operations()) {
            var rule = of(table(), operation.name());
            for (var role : Role.values()) {
                int status = called(operation, of(atHome, role), null);
                boolean isLetThrough = !REFUSED.contains(status);
                boolean mayPass = role.includes(rule.role) && !rule.everywhere;
                if (isLetThrough != mayPass || !mayPass && status != 403) {
                    wrong.add("%s by %s at home: %d".formatted(operation.name(), role, status));
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void everyOperationLetsTheRolesOfTheTableThroughEverywhere() throws IOException {
        var wrong = new ArrayList<String>();
        for (var operation : operations()) {
            var rule = of(table(), operation.name());
            for (var role : Role.values()) {
                int status = called(operation, of(everywhere, role), null);
                boolean isLetThrough = !REFUSED.contains(status);
                if (isLetThrough != role.includes(rule.role)) {
                    wrong.add("%s by %s everywhere: %d".formatted(operation.name(), role, status));
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void whatIsInAnotherNamespaceIsNotThere() throws IOException {
        var wrong = new ArrayList<String>();
        for (var operation : operations()) {
            var rule = of(table(), operation.name());
            for (var role : Role.values()) {
                int status = called(operation, of(elsewhere, role), home);
                boolean isKnown = role.includes(rule.role) && !rule.everywhere;
                boolean isRight =
                        !isKnown
                                ? status == 403
                                : MAKE.contains(operation.name())
                                        ? status == 403
                                        : operation.path().contains("{")
                                                ? status == 404 || isDeclaration(operation)
                                                : status < 400;
                if (!isRight) {
                    wrong.add("%s by %s elsewhere: %d".formatted(operation.name(), role, status));
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void listingsShowWhatIsInSightAlone() {
        var job = tree(with(ADMIN, aJob().put("namespace", home)).post(JOBS), 201);
        var execution =
                tree(with(ADMIN, aSubmission().put("namespace", home)).post(EXECUTIONS), 202);
        String jobId = id(job);
        String executionId = id(execution);

        for (String path : List.of(JOBS, JOBS + "?namespace=" + home)) {
            assertThat(with(of(atHome, Role.VIEWER)).get(path).asString()).contains(jobId);
            assertThat(with(of(elsewhere, Role.VIEWER)).get(path).asString()).doesNotContain(jobId);
        }
        for (String path : List.of(EXECUTIONS, EXECUTIONS + "?namespace=" + home)) {
            assertThat(with(of(atHome, Role.VIEWER)).get(path).asString()).contains(executionId);
            assertThat(with(of(elsewhere, Role.VIEWER)).get(path).asString())
                    .doesNotContain(executionId);
        }
        var both = text(made("VIEWER", home, other));
        assertThat(with(both).get(JOBS).asString()).contains(jobId);
        assertThat(with(both).get(EXECUTIONS).asString()).contains(executionId);
    }

    @Test
    void noExecutionDependsOnOneThatIsOutOfSight() {
        var foreign = tree(with(ADMIN, aSubmission().put("namespace", home)).post(EXECUTIONS), 202);
        var dependent = aSubmission();
        dependent.putArray("dependsOn").add(id(foreign));

        var response = with(of(elsewhere, Role.EDITOR), dependent).post(EXECUTIONS);

        assertProblem(response, 400, "invalid-request", "dependsOn");
        assertThat(
                        tree(
                                        with(of(atHome, Role.EDITOR), withDependency(foreign))
                                                .post(EXECUTIONS),
                                        202)
                                .get("namespace")
                                .textValue())
                .isEqualTo(home);
    }

    private static ObjectNode withDependency(JsonNode execution) {
        var dependent = aSubmission();
        dependent.putArray("dependsOn").add(id(execution));
        return dependent;
    }

    /** What another namespace has under a name may be made in one's own. */
    private static boolean isDeclaration(OpenApi.Operation operation) {
        return operation.name().equals("put /api/v1/secrets/{name}")
                || operation.name().equals("put /api/v1/queues/{name}")
                || operation.name().equals("put /api/v1/jobs/by-name/{name}")
                || operation.path().startsWith("/api/v1/calendars/")
                        && (operation.method().equals("put")
                                || operation.path().endsWith("/import"));
    }

    /** Calls an operation on something of the home namespace that was made for it. */
    private int called(OpenApi.Operation operation, String key, @Nullable String namespace) {
        var body = example(operation);
        if (namespace != null && MAKE.contains(operation.name()) && body instanceof ObjectNode it) {
            it.put("namespace", namespace);
        }
        if (namespace == null && body instanceof ObjectNode it) {
            it.remove("namespace");
        }
        if (body instanceof ObjectNode it && it.has("name")) {
            it.put("name", unique("name"));
        }
        if (body instanceof ObjectNode it) {
            it.remove("after");
            if (operation.path().equals("/api/v1/workers/scale")) {
                it.remove("workerId");
            }
            it.remove("dependsOn");
            it.remove("namespaces");
        }
        return send(with(key), operation, homePath(operation), body).statusCode();
    }

    private String homePath(OpenApi.Operation operation) {
        String path = operation.path();
        if (path.startsWith(JOBS + "/by-name")) {
            var job = aJob("{\"every\": \"1h\"}").put("namespace", home);
            tree(with(ADMIN, job).post(JOBS), 201);
            // Who asks from elsewhere means the home's job by name.
            return path.replace("{name}", job.get("name").textValue()) + "?namespace=" + home;
        }
        if (path.startsWith(JOBS + "/{id}")) {
            var job = aJob("{\"every\": \"1h\"}").put("namespace", home);
            if (path.endsWith("/heartbeat")) {
                job.put("type", "heartbeat");
            }
            String id = id(tree(with(ADMIN, job).post(JOBS), 201));
            return path.replace("{id}", id).replace("{version}", "0")
                    + (path.endsWith("/why") ? "?at=2026-01-01T00:00:00Z" : "");
        }
        if (path.startsWith(EXECUTIONS + "/{id}")) {
            var submission =
                    aSubmission().put("namespace", home).put("runAt", "2099-01-01T00:00:00Z");
            String id = id(tree(with(ADMIN, submission).post(EXECUTIONS), 202));
            return path.replace("{id}", id);
        }
        if (path.startsWith("/api/v1/rules/{id}")) {
            var rule = object().put("namespace", home).put("name", unique("rule"));
            rule.putObject("webhook").put("url", "https://example.com/hook");
            return path.replace("{id}", id(tree(with(ADMIN, rule).post("/api/v1/rules"), 201)));
        }
        if (path.startsWith(KEYS + "/{id}")) {
            return path.replace("{id}", id(made("VIEWER", home)));
        }
        if (path.startsWith("/api/v1/calendars/{name}")) {
            String name = unique("calendar");
            var calendar = json("{\"entries\": [{\"date\": \"2026-12-25\"}]}");
            tree(
                    with(ADMIN, calendar).put("/api/v1/calendars/" + name + "?namespace=" + home),
                    201);
            // Who asks from elsewhere means the home's calendar by name.
            return path.replace("{name}", name) + "?namespace=" + home;
        }
        if (path.startsWith("/api/v1/queues/{name}")) {
            String name = unique("queue");
            tree(with(ADMIN, object()).put("/api/v1/queues/" + name + "?namespace=" + home), 201);
            return path.replace("{name}", name) + "?namespace=" + home;
        }
        if (path.startsWith("/api/v1/secrets/{name}")) {
            String name = unique("secret");
            String secret = "/api/v1/secrets/" + name + "?namespace=" + home;
            tree(with(ADMIN, object().put("value", "not told")).put(secret), 201);
            return path.replace("{name}", name) + "?namespace=" + home;
        }
        if (path.startsWith("/api/v1/workers/{id}")) {
            var remote = object().put("name", "remote").put("namespace", home);
            remote.putArray("tasks").add("nothing");
            String worker =
                    tree(with(ADMIN, remote).post("/api/v1/workers"), 201).get("id").textValue();
            return path.replace("{id}", worker);
        }
        if (path.startsWith("/api/v1/namespaces/{name}")) {
            with(ADMIN, object()).put("/api/v1/namespaces/" + home);
            return path.replace("{name}", home);
        }
        return path.replace("{name}", "default");
    }

    private static String unknownPath(OpenApi.Operation operation) {
        return operation
                .path()
                .replace("{id}", UUID.randomUUID().toString())
                .replaceAll("\\{.*?}", "7");
    }

    private static Response send(
            io.restassured.specification.RequestSpecification request,
            OpenApi.Operation operation,
            String path,
            JsonNode body) {
        var type = operation.bodies().keySet().stream().findFirst();
        if (type.isEmpty()) {
            return request.noContentType().request(operation.method(), path);
        }
        String text = body.isTextual() ? body.textValue() : body.toString();
        return request.contentType(type.get()).body(text).request(operation.method(), path);
    }

    private static JsonNode example(OpenApi.Operation operation) {
        for (var content : operation.bodies().values()) {
            for (var example : OpenApi.entries(content.path("examples")).values()) {
                return example.get("value").deepCopy();
            }
        }
        return object();
    }

    private static <K, V> V of(Map<K, V> map, K key) {
        return Objects.requireNonNull(map.get(key), () -> "nothing for " + key);
    }

    /** Those that need a key. */
    private static List<OpenApi.Operation> operations() {
        return OpenApi.read().operations().stream().filter(each -> !isOpen(each)).toList();
    }

    private static boolean isOpen(OpenApi.Operation operation) {
        return operation.path().contains("{token}");
    }

    private static List<String> open(String document) {
        var open = new ArrayList<String>();
        var row = OPEN.matcher(document);
        while (row.find()) {
            open.add(row.group(1).toLowerCase(java.util.Locale.ROOT) + " " + row.group(2));
        }
        return open;
    }

    private static Map<String, Rule> table() throws IOException {
        var rules = new TreeMap<String, Rule>();
        var row = ROW.matcher(Files.readString(Path.of("docs/security.md")));
        while (row.find()) {
            rules.put(
                    row.group(1).toLowerCase(java.util.Locale.ROOT) + " " + row.group(2),
                    new Rule(Role.valueOf(row.group(3)), row.group(4) != null));
        }
        return rules;
    }
}
