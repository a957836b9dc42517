package io.carillon.problem;

import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.aSubmission;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.Api;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The description of the API says what the API does. */
@QuarkusTest
class OpenApiTest {
    private JsonNode api = json("{}");

    @BeforeEach
    void read() {
        api = tree(get("/q/openapi?format=json"), 200);
    }

    private record Operation(String name, JsonNode description) {}

    private Stream<Operation> operations() {
        return api.get("paths").properties().stream()
                .filter(path -> path.getKey().startsWith("/api/"))
                .flatMap(
                        path ->
                                path.getValue().properties().stream()
                                        .map(
                                                operation ->
                                                        new Operation(
                                                                operation.getKey()
                                                                        + " "
                                                                        + path.getKey(),
                                                                operation.getValue())));
    }

    @Test
    void everyEndpointIsThere() {
        assertThat(operations().map(Operation::name))
                .contains(
                        "post /api/v1/jobs",
                        "get /api/v1/jobs",
                        "post /api/v1/jobs/batch",
                        "get /api/v1/jobs/{id}",
                        "put /api/v1/jobs/{id}",
                        "patch /api/v1/jobs/{id}",
                        "delete /api/v1/jobs/{id}",
                        "post /api/v1/jobs/{id}/pause",
                        "post /api/v1/jobs/{id}/resume",
                        "post /api/v1/jobs/{id}/trigger",
                        "get /api/v1/jobs/{id}/schedule",
                        "get /api/v1/jobs/{id}/executions",
                        "get /api/v1/jobs/{id}/stats",
                        "post /api/v1/jobs/import",
                        "post /api/v1/schedules/preview",
                        "get /api/v1/forecast",
                        "get /api/v1/calendars",
                        "get /api/v1/calendars/{name}",
                        "put /api/v1/calendars/{name}",
                        "delete /api/v1/calendars/{name}",
                        "post /api/v1/calendars/{name}/import",
                        "get /api/v1/jobs/{id}/revisions",
                        "post /api/v1/jobs/{id}/revisions/{version}/restore",
                        "get /api/v1/jobs/{id}/why",
                        "post /api/v1/jobs/{id}/backfill",
                        "post /api/v1/executions",
                        "get /api/v1/executions",
                        "get /api/v1/executions/{id}",
                        "post /api/v1/jobs/{id}/restore",
                        "get /api/v1/queues",
                        "get /api/v1/queues/{name}",
                        "put /api/v1/queues/{name}",
                        "post /api/v1/queues/{name}/pause",
                        "post /api/v1/queues/{name}/resume",
                        "get /api/v1/workers",
                        "get /api/v1/workers/{id}",
                        "post /api/v1/workers/scale",
                        "patch /api/v1/executions/{id}",
                        "post /api/v1/executions/batch",
                        "post /api/v1/executions/replay",
                        "post /api/v1/executions/{id}/cancel",
                        "post /api/v1/executions/{id}/replay");
    }

    @Test
    void everyOperationSaysWhatItDoesAndHowItCanFail() {
        var faults = new ArrayList<String>();
        operations()
                .forEach(
                        operation -> {
                            var responses = operation.description.get("responses");
                            expect(
                                    operation.description.path("summary").asText().length() > 5,
                                    operation.name + " has no summary",
                                    faults);
                            var wanted = new ArrayList<>(List.of("400", "503"));
                            if (operation.name.contains("{")) {
                                wanted.add("404");
                            }
                            if (operation.description.has("requestBody")) {
                                wanted.addAll(List.of("413", "415"));
                            }
                            for (String status : wanted) {
                                expect(
                                        responses.has(status),
                                        operation.name + " has no " + status,
                                        faults);
                            }
                            responses
                                    .properties()
                                    .forEach(
                                            response ->
                                                    expect(
                                                            isDescribed(
                                                                    response.getKey(),
                                                                    response.getValue()),
                                                            operation.name
                                                                    + " does not describe "
                                                                    + response.getKey(),
                                                            faults));
                        });

        assertThat(faults).isEmpty();
    }

    private static void expect(boolean condition, String otherwise, List<String> faults) {
        if (!condition) {
            faults.add(otherwise);
        }
    }

    private static boolean isDescribed(String status, JsonNode response) {
        if (response.path("description").asText().isEmpty()) {
            return false;
        }
        if (status.startsWith("2")) {
            return status.equals("204") || response.at("/content/application~1json").has("schema");
        }
        return response.at("/content/application~1problem+json/schema/$ref")
                .asText()
                .endsWith("/Problem");
    }

    @Test
    void durationsAreStringsAndSchedulesAreEitherTextOrObject() {
        var schemas = api.at("/components/schemas");

        assertThat(schemas.toString()).doesNotContain("\"nano\"");
        assertThat(schemas.at("/JobRequest/properties/timeout/type").toString()).contains("string");
        var schedule = schemas.get("Schedule");
        assertThat(schedule.get("properties").properties())
                .extracting(Map.Entry::getKey)
                .contains(
                        "cron",
                        "every",
                        "at",
                        "timeZone",
                        "startAt",
                        "endAt",
                        "dst",
                        "exclude",
                        "jitter",
                        "maxRuns");
        assertThat(schemas.at("/JobRequest/properties/schedule").toString())
                .contains("string", "#/components/schemas/Schedule");
    }

    @Test
    void everySchemaThatPeopleWriteHasAnExample() {
        for (var name :
                List.of(
                        "JobRequest",
                        "Submission",
                        "SubmissionBatch",
                        "ExecutionChange",
                        "Replay",
                        "Pause",
                        "Resume",
                        "ManualRun",
                        "JobBatch",
                        "JobImport",
                        "SchedulePreview",
                        "CalendarDefinition",
                        "QueueRequest",
                        "QueuePause",
                        "Scale",
                        "Backfill",
                        "RetryPolicy",
                        "AfterJob")) {
            assertThat(examples(name)).as(name).isNotEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "JobRequest, POST, /api/v1/jobs",
        "JobRequest, PUT, /api/v1/jobs/{id}",
        "JobBatch, POST, /api/v1/jobs/batch?atomic=true",
        "JobImport, POST, /api/v1/jobs/import",
        "SchedulePreview, POST, /api/v1/schedules/preview",
        "CalendarDefinition, PUT, /api/v1/calendars/an-example",
        "Submission, POST, /api/v1/executions",
        "SubmissionBatch, POST, /api/v1/executions/batch",
        "ExecutionChange, PATCH, /api/v1/executions/{execution}",
        "Replay, POST, /api/v1/executions/replay",
        "Pause, POST, /api/v1/jobs/{id}/pause",
        "Resume, POST, /api/v1/jobs/{id}/resume",
        "ManualRun, POST, /api/v1/jobs/{id}/trigger",
        "QueueRequest, PUT, /api/v1/queues/example",
        "QueuePause, POST, /api/v1/queues/example/pause",
        "Scale, POST, /api/v1/workers/scale",
        "Backfill, POST, /api/v1/jobs/{id}/backfill"
    })
    void theExampleOfABodyIsAccepted(String schema, String method, String path) {
        for (var example : examples(schema)) {
            String known =
                    path.contains("{execution}")
                            ? path.replace("{execution}", aWaitingExecution())
                            : path.replace("{id}", anHttpJob());

            var response = body(renamed(example)).request(method, known);

            assertThat(response.statusCode()).as(response.asString()).isBetween(200, 299);
        }
    }

    private List<JsonNode> examples(String schema) {
        var examples = new ArrayList<JsonNode>();
        for (var example : api.at("/components/schemas/" + schema + "/examples")) {
            examples.add(example.isTextual() ? json(example.textValue()) : example);
        }
        return examples;
    }

    /** The examples name the same jobs; here each is posted more than once. */
    private static JsonNode renamed(JsonNode example) {
        if (example.has("name")) {
            ((ObjectNode) example).put("name", unique("example"));
        }
        example.path("jobs").forEach(OpenApiTest::renamed);
        return example;
    }

    private static String aWaitingExecution() {
        return submittedId(aSubmission().put("runAt", "2190-01-01T00:00:00Z"));
    }

    /** Every field a client may write has a word of explanation, or a name with an example. */
    @Test
    void everyFieldThatPeopleWriteIsExplained() {
        var faults = new ArrayList<String>();
        for (var name :
                List.of(
                        "JobRequest",
                        "Submission",
                        "SubmissionBatch",
                        "ExecutionChange",
                        "ReplayFilter",
                        "RetryPolicy",
                        "AfterJob",
                        "ManualRun")) {
            api.at("/components/schemas/" + name + "/properties")
                    .properties()
                    .forEach(
                            field ->
                                    expect(
                                            field.getValue().has("description"),
                                            name + "." + field.getKey() + " has no description",
                                            faults));
        }

        assertThat(faults).isEmpty();
    }

    private static String anHttpJob() {
        var job = aJob("\"@daily\"").put("type", "http").put("enabled", false);
        job.putObject("config").put("url", "http://127.0.0.1:1/");
        job.putObject("retry").put("maxAttempts", 1);
        return createdId(job);
    }

    @Test
    void anAnswerHasTheFieldsOfItsSchema() {
        var job = Api.created(aJob("\"@daily\""));

        assertThat(api.at("/components/schemas/Job/properties").properties())
                .extracting(Map.Entry::getKey)
                .containsAll(job.properties().stream().map(Map.Entry::getKey).toList());
    }
}
