package io.carillon.problem;

import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aCallOf;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.aSubmission;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.inState;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.callback.Callbacks;
import io.carillon.support.HttpTarget;
import io.carillon.support.OpenApi;
import io.carillon.support.OpenApi.Operation;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every example of a body in the OpenAPI document is answered as the document says, and so is every
 * operation without a body.
 */
@QuarkusTest
class OpenApiExamplesTest {
    private static final String JOB = "0196f4a0-1c00-7d8e-9a51-3f6f0c1c2b3a";
    private static final String EXECUTION = "0196f4a0-2d31-7c44-8b1f-6a0d5b8e9f01";
    private static final String WORKER = "0196f4a0-0a11-7e22-93c4-5d6e7f809a1b";
    private static final String REMOTE_WORKER = "0196f4a0-0a11-7e22-93c4-5d6e7f809a1c";
    private static final String TARGET = "https://example.com";
    private static final String CALENDAR = "/api/v1/calendars/closed-shops";

    @ConfigProperty(name = "quarkus.datasource.jdbc.max-size")
    int connections;

    private final HttpTarget target = HttpTarget.start();
    @Inject Callbacks callbacks;
    private final List<String> created = new ArrayList<>();
    private OpenApi api;
    private Map<String, String> ours;

    /** A body to send, or none, and what goes with it. */
    private record Example(
            Operation operation,
            String mediaType,
            JsonNode schema,
            String name,
            @Nullable JsonNode body) {
        @Override
        public String toString() {
            return operation.name() + ", " + name;
        }
    }

    /** What the examples refer to. */
    @BeforeEach
    void prepare() {
        api = OpenApi.read();
        ours =
                new ConcurrentHashMap<>(
                        Map.of(
                                JOB, aJobWithADeadLetter(),
                                EXECUTION, aWaitingExecution(),
                                WORKER, aWorker(),
                                TARGET, target.url("")));
        body("{\"entries\": [{\"yearly\": \"12-25\"}]}").put(CALENDAR);
        body("{\"value\": \"not told\"}").put("/api/v1/secrets/hook-signing");
        body("{\"value\": \"not told\"}").put("/api/v1/secrets/on-call");
        body("{\"value\": \"not told\"}").put("/api/v1/secrets/s3-secret-key");
    }

    @AfterEach
    void tidyUp() {
        created.forEach(id -> request().delete(JOBS + "/{id}", id));
        target.close();
    }

    @Test
    void everyExampleIsAnsweredAsDocumented() {
        var examples = api.operations().stream().flatMap(it -> examples(it).stream()).toList();
        var faults = new ArrayList<String>();

        for (var example : examples) {
            faults(example).forEach(fault -> faults.add(example + ": " + fault));
        }

        assertThat(faults).isEmpty();
        assertThat(examples).extracting(Example::operation).containsAll(api.operations());
    }

    /**
     * More at once than there are connections: a request that held one and waited for another would
     * wait for its like.
     */
    @Test
    void everyExampleIsAnsweredToManyAtOnce() throws Exception {
        var faults = new ConcurrentSkipListSet<String>();

        for (var operation : api.operations()) {
            var example = examples(operation).getFirst();
            try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
                Callable<Boolean> call =
                        () -> {
                            int status = send(example).statusCode();
                            return status < 500 || faults.add(example + ": " + status);
                        };
                for (var sent : clients.invokeAll(Collections.nCopies(connections * 3 / 2, call))) {
                    sent.get();
                }
            }
        }

        assertThat(faults).isEmpty();
    }

    private static List<Example> examples(Operation operation) {
        if (operation.bodies().isEmpty()) {
            var nothing = MissingNode.getInstance();
            return List.of(new Example(operation, "", nothing, "without a body", null));
        }
        var examples = new ArrayList<Example>();
        operation
                .bodies()
                .forEach((type, content) -> examples.addAll(of(operation, type, content)));
        return examples;
    }

    private static List<Example> of(Operation operation, String mediaType, JsonNode content) {
        return OpenApi.entries(content.path("examples")).entrySet().stream()
                .map(
                        each ->
                                new Example(
                                        operation,
                                        mediaType,
                                        content.get("schema"),
                                        each.getKey(),
                                        each.getValue().get("value")))
                .toList();
    }

    private List<String> faults(Example example) {
        if (example.body != null) {
            var invalid = api.faults(example.schema, example.body);
            if (!invalid.isEmpty()) {
                return invalid;
            }
        }
        var response = send(example);
        String status = Integer.toString(response.statusCode());
        var documented = example.operation.description().get("responses").get(status);
        if (!status.startsWith("2") || documented == null) {
            return List.of(response.statusLine() + " " + response.asString());
        }
        if (!documented.has("content")) {
            return response.asString().isEmpty() ? List.of() : List.of("has a body");
        }
        if (documented.at("/content").has("application/x-ndjson")) {
            var line = documented.at("/content/application~1x-ndjson/schema");
            return response.asString()
                    .lines()
                    .flatMap(each -> api.faults(line, json(each)).stream())
                    .toList();
        }
        var answer = json(response.asString());
        remember(example, answer);
        if (answer.path("failed").asInt() > 0) {
            return List.of(answer.toString());
        }
        return api.faults(documented.at("/content/application~1json/schema"), answer);
    }

    private Response send(Example example) {
        var request = request();
        for (var parameter : example.operation.description().path("parameters")) {
            String name = parameter.get("name").textValue();
            var value = parameter.at("/examples/" + example.name + "/value");
            if (value.isMissingNode() && parameter.path("required").asBoolean()) {
                value = parameter.path("example");
            }
            switch (parameter.get("in").textValue()) {
                case "path" ->
                        request.pathParam(
                                name, name.equals("version") ? "0" : subject(example.operation));
                case "query" -> {
                    if (value.isValueNode()) {
                        request.queryParam(name, value.asText());
                    }
                }
                default -> {
                    if (value.isTextual()) {
                        request.header(name, value.textValue());
                    }
                }
            }
        }
        if (example.body == null) {
            request.noContentType();
        } else {
            request.contentType(example.mediaType)
                    .body(toSend(example.body).getBytes(StandardCharsets.UTF_8));
        }
        return request.request(example.operation.method(), example.operation.path());
    }

    /** The body with what is there in place of what its URLs and ids stand for. */
    private String toSend(JsonNode example) {
        var body = example.isObject() ? withNamesOfItsOwn(example.deepCopy()) : example;
        String text = body.isTextual() ? body.textValue() : body.toString();
        for (var each : ours.entrySet()) {
            text = text.replace(each.getKey(), each.getValue());
        }
        return text;
    }

    /** Jobs of other tests may have the same. */
    private static JsonNode withNamesOfItsOwn(ObjectNode body) {
        if (body.has("name")) {
            body.put("name", unique(body.get("name").textValue()));
        }
        if (body.has("template") || body.has("dkron") || body.has("cloudScheduler")) {
            body.put("namespace", unique("import"));
        }
        var names = new HashMap<String, String>();
        for (var job : body.path("jobs")) {
            String before = job.path("name").asText();
            names.put(before, withNamesOfItsOwn((ObjectNode) job).path("name").asText());
        }
        for (var job : body.path("jobs")) {
            if (job.get("after") instanceof ObjectNode after && after.has("job")) {
                String first = after.get("job").textValue();
                after.put("job", names.getOrDefault(first, first));
            }
        }
        return body;
    }

    /** What an operation is tried on: something new, in the state that it is for. */
    private String subject(Operation operation) {
        return switch (operation.path()) {
            case "/api/v1/jobs/by-name/{name}" -> aJobsName();
            case "/api/v1/jobs/{id}/restore" -> aDeletedJob();
            case "/api/v1/jobs/{id}/resume" -> aPausedJob();
            case "/api/v1/executions/{id}/replay" -> aDeadLetter();
            case "/api/v1/workers/{id}" ->
                    operation.method().equals("delete") ? aRemoteWorker() : aWorker();
            case "/api/v1/workers/{id}/claim", "/api/v1/workers/{id}/heartbeat" -> aRemoteWorker();
            case "/api/v1/executions/{id}/complete",
                    "/api/v1/executions/{id}/fail",
                    "/api/v1/executions/{id}/progress" ->
                    aClaimedExecution();
            case "/api/v1/callbacks/{token}/complete",
                    "/api/v1/callbacks/{token}/fail",
                    "/api/v1/callbacks/{token}/progress" ->
                    theTokenOfAnAcceptedExecution();
            case "/api/v1/jobs/{id}/heartbeat" -> aHeartbeat();
            case "/api/v1/heartbeats/{token}", "/api/v1/heartbeats/{token}/fail" ->
                    token(callbacks.ofHeartbeat(UUID.fromString(aHeartbeat())));
            case "/api/v1/calendars/{name}", "/api/v1/calendars/{name}/import" -> aCalendar();
            default -> {
                if (operation.path().startsWith("/api/v1/keys/")) {
                    yield aKey();
                }
                if (operation.path().startsWith("/api/v1/rules/")) {
                    yield aRule();
                }
                if (operation.path().startsWith("/api/v1/namespaces/")) {
                    yield aNamespace();
                }
                if (operation.path().startsWith("/api/v1/secrets/")) {
                    yield aSecret();
                }
                if (operation.path().startsWith("/api/v1/queues/")) {
                    yield aQueue();
                }
                yield operation.path().startsWith(JOBS)
                        ? aJobThatCallsTheTarget()
                        : aWaitingExecution();
            }
        };
    }

    private static String aHeartbeat() {
        return createdId(aJob("{\"every\": \"1h\"}").put("type", "heartbeat"));
    }

    private String theTokenOfAnAcceptedExecution() {
        try (var accepting = HttpTarget.start().answers(202)) {
            var call = aCallOf(accepting.url("/"));
            ((ObjectNode) call.get("config")).putObject("callback").put("within", "1h");
            String id = submittedId(call);
            inState(id, "AWAITING");
            return token(callbacks.ofAttempt(UUID.fromString(id), 1));
        }
    }

    private static String token(Optional<String> url) {
        return url.orElseThrow().replaceFirst(".*/", "");
    }

    private static String aJobsName() {
        var job = aJob();
        createdId(job);
        return job.get("name").textValue();
    }

    private String aJobThatCallsTheTarget() {
        var job = aJob("{\"cron\": \"0 9 * * *\"}").put("type", "http");
        job.putObject("config").put("method", "POST").put("url", target.url("/"));
        return createdId(job);
    }

    private static String aKey() {
        var key = object().put("name", unique("key")).put("role", "VIEWER");
        return tree(body(key).post("/api/v1/keys"), 201).get("id").textValue();
    }

    private static String aNamespace() {
        String name = unique("namespace");
        tree(body(object()).put("/api/v1/namespaces/" + name), 201);
        return name;
    }

    private String aRule() {
        var rule = object().put("name", unique("rule"));
        rule.putObject("webhook").put("url", target.url("/"));
        return tree(body(rule).post("/api/v1/rules"), 201).get("id").textValue();
    }

    private static String aSecret() {
        String name = unique("secret");
        tree(body("{\"value\": \"not told\"}").put("/api/v1/secrets/{name}", name), 201);
        return name;
    }

    private static String aPausedJob() {
        return createdId(aJob("\"@daily\"").put("enabled", false));
    }

    private static String aDeletedJob() {
        String id = createdId(aJob());
        request().delete(JOBS + "/{id}", id);
        return id;
    }

    private static String aJobWithADeadLetter() {
        var job = aJob();
        job.putObject("config").put("failures", 1);
        job.putObject("retry").put("maxAttempts", 1);
        String id = createdId(job);
        ended(triggered(id, "{}").get("id").textValue());
        return id;
    }

    private static String aDeadLetter() {
        var submission = aSubmission();
        submission.putObject("config").put("failures", 1);
        submission.putObject("retry").put("maxAttempts", 1);
        String id = submittedId(submission);
        ended(id);
        return id;
    }

    private static String aWaitingExecution() {
        return submittedId(aSubmission().put("runAt", "2190-01-01T00:00:00Z"));
    }

    private static String aWorker() {
        return get("/api/v1/workers").path("items[0].id");
    }

    private static String aRemoteWorker() {
        var worker = object().put("name", "examples");
        worker.putArray("tasks").add(unique("task"));
        return registered(worker);
    }

    private static String registered(ObjectNode worker) {
        return tree(body(worker).post("/api/v1/workers"), 201).get("id").textValue();
    }

    /** Held by the worker that the body names. */
    private String aClaimedExecution() {
        String task = unique("task");
        var submission = object().put("type", "custom");
        submission.putObject("config").put("task", task);
        String id = submittedId(submission);
        var worker = object().put("name", "examples");
        worker.putArray("tasks").add(task);
        String workerId = registered(worker);
        body("{}").post("/api/v1/workers/{id}/claim", workerId);
        ours.put(REMOTE_WORKER, workerId);
        return id;
    }

    private static String aCalendar() {
        String name = unique("calendar");
        tree(body("{\"entries\": []}").put("/api/v1/calendars/{name}", name), 201);
        return name;
    }

    private static String aQueue() {
        String name = unique("queue");
        tree(body("{}").put("/api/v1/queues/{name}", name), 201);
        return name;
    }

    private void remember(Example example, JsonNode answer) {
        if (example.operation.name().matches("post " + JOBS + "(/batch|/import)?")) {
            created.addAll(answer.findValuesAsText("id"));
        }
    }
}
