package io.carillon.security;

import static io.carillon.security.Keys.ADMIN;
import static io.carillon.security.Keys.KEYS;
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
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.problem.Problem;
import io.carillon.support.Api;
import io.carillon.support.Hostile;
import io.carillon.support.OpenApi;
import io.carillon.support.Problems;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Callers with keys of one namespace send broken and hostile requests to every operation of the
 * OpenAPI document, with ids and names of their own and of another namespace. Whatever they send,
 * the answer is no fault of the service, nothing of the other namespace is in it, and nothing there
 * has changed. {@code -Dhostile.requests=10000 -Dhostile.seed=2} sends more, and others.
 */
@QuarkusTest
@TestProfile(Keys.class)
class HostileCallersTest {
    private static final int REQUESTS = Integer.getInteger("hostile.requests", 2_000);
    private static final int LONGEST_QUERY = 3_000;

    /** In what the other namespace holds, and in nothing that is sent. */
    private static final String THEIRS = "only-theirs-" + UUID.randomUUID();

    private final String mine = Api.unique("mine");
    private final String theirs = Api.unique("theirs");
    private final List<String> ids = new ArrayList<>();

    /** By the path under which they are found. */
    private final Map<String, List<String>> idsOf = new HashMap<>();

    private final List<String> names = new ArrayList<>();
    private List<String> keys = List.of();

    @BeforeEach
    void twoNamespaces() {
        holdSomething(mine, "mine");
        holdSomething(theirs, THEIRS);
        keys =
                List.of(
                        text(made("ADMIN", mine)),
                        text(made("EDITOR", mine)),
                        text(made("VIEWER", mine)),
                        text(made("WORKER", mine)));
    }

    @Test
    void nothingIsAFaultAndNothingCrossesNamespaces() throws Exception {
        long seed = Long.getLong("hostile.seed", 1);
        var random = new Random(seed);
        var before = held(theirs);
        assertThat(before.toString()).contains(THEIRS);
        var operations = OpenApi.read().operations();
        var met = new TreeMap<String, Integer>();
        try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (int count = 0; count < REQUESTS; count++) {
                var operation = operations.get(count % operations.size());
                String body = body(operation, random);
                var request = request(operation, body, random);
                var response = client.send(request, HttpResponse.BodyHandlers.ofString());
                met.merge(operation.name(), response.statusCode() < 400 ? 1 : 0, Integer::sum);
                check(
                        response,
                        "seed %d: %s %s\n%s\n%d %s"
                                .formatted(
                                        seed,
                                        request.method(),
                                        request.uri(),
                                        body.substring(0, Math.min(body.length(), 3000)),
                                        response.statusCode(),
                                        response.body()));
            }
        }

        assertThat(held(theirs)).as("seed %d", seed).isEqualTo(before);
        assertThat(met).as("every operation was called").hasSameSizeAs(operations);
        assertThat(met.values().stream().filter(succeeded -> succeeded > 0).count())
                .as("and not all that was sent was nonsense: %s", met)
                .isGreaterThan(operations.size() / 5);
    }

    /** PostgreSQL has no text with a NUL. */
    @Test
    void aNulWhereverATextIsTakenIsNoFault() throws Exception {
        try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (var operation : OpenApi.read().operations()) {
                for (var uri : withNul(operation)) {
                    var request =
                            HttpRequest.newBuilder(uri)
                                    .header("Authorization", "Bearer " + ADMIN)
                                    .header("Content-Type", "application/json")
                                    .method(
                                            operation.method().toUpperCase(Locale.ROOT),
                                            operation.bodies().isEmpty()
                                                    ? BodyPublishers.noBody()
                                                    : BodyPublishers.ofString("{}"))
                                    .build();
                    var response = client.send(request, HttpResponse.BodyHandlers.ofString());
                    assertThat(response.statusCode())
                            .as("%s %s %s", operation.method(), uri, response.body())
                            .isLessThan(500);
                }
            }
        }
    }

    /** In the path, if it takes something, and in each parameter. */
    private static List<URI> withNul(OpenApi.Operation operation) {
        var uris = new ArrayList<URI>();
        if (operation.path().contains("{")) {
            uris.add(Api.service().resolve(operation.path().replaceAll("\\{[^}]+}", "a%00b")));
        }
        for (JsonNode parameter : operation.description().path("parameters")) {
            if (parameter.path("in").asText().equals("query")) {
                String path =
                        operation.path().replaceAll("\\{[^}]+}", UUID.randomUUID().toString());
                uris.add(
                        Api.service()
                                .resolve(path + "?" + parameter.path("name").asText() + "=a%00b"));
            }
        }
        return uris;
    }

    private static void check(HttpResponse<String> response, String described) {
        assertThat(response.statusCode()).as(described).isLessThan(500);
        assertThat(response.body()).as(described).doesNotContain(THEIRS);
        if (response.statusCode() >= 400) {
            assertThat(response.headers().firstValue("Content-Type"))
                    .as(described)
                    .hasValue(Problem.MEDIA_TYPE);
            Problems.assertComplete(json(response.body()), response.statusCode(), described);
        }
    }

    private HttpRequest request(OpenApi.Operation operation, String body, Random random) {
        var request =
                HttpRequest.newBuilder(uri(operation, random))
                        .header("Authorization", "Bearer " + pick(random, keys));
        var type = operation.bodies().keySet().stream().findFirst();
        type.ifPresent(each -> request.header("Content-Type", each));
        String method = operation.method().toUpperCase(Locale.ROOT);
        return request.method(
                        method,
                        type.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
    }

    private URI uri(OpenApi.Operation operation, Random random) {
        String path = operation.path();
        while (path.contains("{")) {
            String name = path.substring(path.indexOf('{'), path.indexOf('}') + 1);
            path = path.replace(name, encoded(forPath(operation.path(), name, random)));
        }
        var query = new StringBuilder();
        for (JsonNode parameter : operation.description().path("parameters")) {
            String name = parameter.path("name").asText();
            boolean isSent = random.nextInt(name.equals("namespace") ? 4 : 9) < 3;
            if (parameter.path("in").asText().equals("query") && isSent) {
                String value = encoded(forParameter(name, random));
                if (query.length() + value.length() < LONGEST_QUERY) {
                    query.append(query.isEmpty() ? '?' : '&')
                            .append(name)
                            .append('=')
                            .append(value);
                }
            }
        }
        return Api.service().resolve(path + query);
    }

    /** Mostly what there is: hostile texts are found soon, a neighbour's things are not. */
    private String forPath(String path, String name, Random random) {
        var known =
                name.equals("{name}")
                        ? names
                        : idsOf.entrySet().stream()
                                .filter(each -> path.startsWith(each.getKey()))
                                .map(Map.Entry::getValue)
                                .findFirst()
                                .orElse(ids);
        return switch (random.nextInt(8)) {
            case 0 -> cut(Hostile.text(random));
            case 1 -> pick(random, ids);
            default -> name.equals("{version}") ? "0" : pick(random, known);
        };
    }

    private String forParameter(String name, Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> cut(Hostile.text(random));
            case 1 -> pick(random, ids);
            default -> name.equals("namespace") ? pick(random, List.of(mine, theirs)) : "1";
        };
    }

    /** Empty texts would make another path, and long ones a request line that nobody reads. */
    private static String cut(String text) {
        return text.isBlank() ? "x" : text.substring(0, Math.min(text.length(), 300));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** An example of the document, of either namespace, with some things wrong. */
    private String body(OpenApi.Operation operation, Random random) {
        var examples = new ArrayList<JsonNode>();
        for (var content : operation.bodies().values()) {
            OpenApi.entries(content.path("examples"))
                    .values()
                    .forEach(example -> examples.add(example.get("value")));
        }
        if (examples.isEmpty()) {
            return "";
        }
        var example = pick(random, examples);
        if (example.isTextual()) {
            String text = example.textValue();
            return random.nextBoolean() ? text : text.substring(0, random.nextInt(text.length()));
        }
        String text = Hostile.body(example, random);
        if (random.nextBoolean()) {
            text = text.replaceAll("\"[0-9a-f]{8}-[0-9a-f-]{27}\"", '"' + pick(random, ids) + '"');
        }
        return text.replace("\"default\"", '"' + pick(random, List.of(mine, theirs)) + '"');
    }

    /** Makes one of each thing that a namespace holds. */
    private void holdSomething(String namespace, String text) {
        String name = Api.unique("named");
        var labels = object().put("of", text);
        var job = aJob("{\"every\": \"1h\"}").put("namespace", namespace).put("name", name);
        job.set("labels", labels);
        add(JOBS, id(tree(with(ADMIN, job).post(JOBS), 201)));
        var submission =
                aSubmission().put("namespace", namespace).put("runAt", "2190-01-01T00:00:00Z");
        submission.set("labels", labels);
        add(EXECUTIONS, id(tree(with(ADMIN, submission).post(EXECUTIONS), 202)));
        var rule = object().put("namespace", namespace).put("name", name);
        rule.putObject("webhook").put("url", "https://example.com/" + text);
        add("/api/v1/rules", id(tree(with(ADMIN, rule).post("/api/v1/rules"), 201)));
        var worker = object().put("name", name).put("namespace", namespace);
        worker.putArray("tasks").add("nothing");
        add("/api/v1/workers", id(tree(with(ADMIN, worker).post("/api/v1/workers"), 201)));
        var key = object().put("name", name).put("role", "VIEWER");
        key.putArray("namespaces").add(namespace);
        add(KEYS, id(tree(with(ADMIN, key).post(KEYS), 201)));
        put("calendars/" + name, namespace, json("{\"entries\": [{\"date\": \"2026-12-25\"}]}"));
        put("secrets/" + name, namespace, object().put("value", text));
        put("queues/" + name, namespace, object().put("maxConcurrent", 3));
        tree(with(ADMIN, object().put("jobs", 500)).put("/api/v1/namespaces/" + namespace), 201);
        names.add(name);
    }

    private void add(String path, String id) {
        ids.add(id);
        idsOf.computeIfAbsent(path, each -> new ArrayList<>()).add(id);
    }

    private static void put(String path, String namespace, JsonNode body) {
        tree(with(ADMIN, body).put("/api/v1/" + path + "?namespace=" + namespace), 201);
    }

    /** All that a namespace holds, as its admin sees it, without what time alone changes. */
    private static List<String> held(String namespace) {
        var reader = text(made("ADMIN", namespace));
        var held = new ArrayList<String>();
        for (var path :
                List.of(
                        "jobs",
                        "executions",
                        "rules",
                        "calendars",
                        "secrets",
                        "queues",
                        "namespaces")) {
            var listed = tree(with(reader).get("/api/v1/" + path), 200);
            for (JsonNode item : listed.path("items")) {
                ((ObjectNode) item).remove("statistics");
                held.add(path + " " + item);
            }
        }
        return held;
    }

    private static String id(JsonNode made) {
        return made.get("id").textValue();
    }

    private static <T> T pick(Random random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
