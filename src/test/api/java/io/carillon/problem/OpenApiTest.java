package io.carillon.problem;

import static io.carillon.support.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.carillon.support.OpenApi;
import io.carillon.support.OpenApi.Operation;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The description of the API says what the API does. */
@QuarkusTest
class OpenApiTest {
    private OpenApi api;

    @BeforeEach
    void read() {
        api = OpenApi.read();
    }

    @Test
    void everyEndpointIsThere() {
        assertThat(api.operations())
                .extracting(Operation::name)
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
                        "post /api/v1/executions/dismiss",
                        "post /api/v1/executions/reopen",
                        "post /api/v1/executions/{id}/cancel",
                        "post /api/v1/executions/{id}/replay");
    }

    @Test
    void everyOperationSaysWhatItDoesAndHowItCanFail() {
        var faults = new ArrayList<String>();
        for (var operation : api.operations()) {
            var description = operation.description();
            expect(
                    description.path("summary").asText().length() > 5,
                    operation.name() + " has no summary",
                    faults);
            expect(
                    api.tags().contains(description.at("/tags/0").asText()),
                    operation.name() + " has no tag that is described",
                    faults);
            var responses = OpenApi.entries(description.get("responses"));
            for (String status : failures(operation)) {
                expect(
                        responses.containsKey(status),
                        operation.name() + " has no " + status,
                        faults);
            }
            responses.forEach(
                    (status, response) ->
                            expect(
                                    isDescribed(status, response),
                                    operation.name() + " does not describe " + status,
                                    faults));
        }

        assertThat(faults).isEmpty();
    }

    /** Generated clients name their methods by it. */
    @Test
    void everyOperationHasAnIdOfItsOwn() {
        assertThat(api.operations())
                .extracting(operation -> operation.description().path("operationId").asText())
                .doesNotHaveDuplicates()
                .allMatch(id -> id.matches("[a-z]+([A-Z][a-z]+)+"));
    }

    /** Generators make classes with names such as {@code ResumeJob200Response} of what has none. */
    @Test
    void everyChoiceHasANameOfItsOwn() {
        var faults = new ArrayList<String>();
        for (var operation : api.operations()) {
            expect(
                    !isChoiceWithin(operation.description()),
                    operation.name() + " has a choice without a name",
                    faults);
        }
        api.schemas()
                .forEach(
                        (name, schema) ->
                                expect(
                                        !isChoiceWithin(schema.path("properties")),
                                        name + " has a choice without a name",
                                        faults));

        assertThat(faults).isEmpty();
        assertThat(api.schemas()).containsKeys("JobConfig", "ScheduleOrCron", "ResumeResult");
    }

    private static boolean isChoiceWithin(JsonNode part) {
        return !part.findValues("oneOf").isEmpty() || !part.findValues("anyOf").isEmpty();
    }

    /**
     * The generator for Java writes it as it is, and {@code String grace = 5m} does not compile.
     */
    @Test
    void noReferenceHasADefault() {
        api.schemas()
                .forEach(
                        (name, schema) ->
                                assertThat(schema.findParents("$ref"))
                                        .as(name)
                                        .noneMatch(it -> it.has("default")));
    }

    @Test
    void queryParametersHaveTheTypesThatTheyAreReadAs() {
        var parameters = new TreeMap<String, String>();
        for (var operation : api.operations()) {
            for (var parameter : operation.description().path("parameters")) {
                if (parameter.get("in").textValue().equals("query")) {
                    var schema = parameter.get("schema");
                    parameters.put(
                            operation.description().get("operationId").textValue()
                                    + " "
                                    + parameter.get("name").textValue(),
                            schema.path("type").asText(schema.path("$ref").asText()));
                }
            }
        }

        assertThat(parameters)
                .containsEntry("listJobs limit", "integer")
                .containsEntry("applyJobs dryRun", "boolean")
                .containsEntry("explainInstant at", "#/components/schemas/Instant")
                .containsEntry("listExecutions jobId", "#/components/schemas/UUID")
                .containsEntry("listExecutions cursor", "string");
    }

    private static List<String> failures(Operation operation) {
        var failures = new ArrayList<>(List.of("400", "503"));
        if (operation.path().contains("{")) {
            failures.add("404");
        }
        if (!operation.bodies().isEmpty()) {
            failures.addAll(List.of("413", "415"));
        }
        return failures;
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
            return status.equals("204")
                    || response.at("/content/application~1json").has("schema")
                    || response.at("/content/application~1x-ndjson").has("schema");
        }
        return response.at("/content/application~1problem+json/schema/$ref")
                .asText()
                .endsWith("/Problem");
    }

    @Test
    void durationsAreStringsAndSchedulesAreEitherTextOrObject() {
        assertThat(api.schema("Duration").get("type").textValue()).isEqualTo("string");
        var schedule = api.schema("JobRequest").at("/properties/schedule");
        assertThat(api.faults(schedule, json("\"@daily\""))).isEmpty();
        assertThat(api.faults(schedule, json("{\"every\": \"90s\"}"))).isEmpty();
        assertThat(api.faults(schedule, json("90"))).isNotEmpty();
        assertThat(api.faults(schedule, json("{\"evry\": \"90s\"}"))).isNotEmpty();
    }

    /** Also of each field that has one. */
    @Test
    void everySchemaHasAnExampleAndIsLikeIt() {
        var faults = new ArrayList<String>();
        api.schemas()
                .forEach(
                        (name, schema) -> {
                            expect(schema.has("examples"), name + " has no example", faults);
                            compare(name, schema, faults);
                            OpenApi.entries(schema.path("properties"))
                                    .forEach(
                                            (field, of) -> compare(name + "." + field, of, faults));
                            expect(api.refersTo(name), name + " is the schema of nothing", faults);
                        });

        assertThat(faults).isEmpty();
        assertThat(api.schemas()).containsKeys("JobRequest", "Submission", "Job", "Overlap");
    }

    private void compare(String name, JsonNode schema, List<String> faults) {
        for (var example : schema.path("examples")) {
            api.faults(schema, example).forEach(fault -> faults.add(name + ": " + fault));
        }
    }

    /** Each policy, and each of its values. */
    @Test
    void whateverPeopleCanWriteIsInAnExample() {
        var words = new TreeSet<String>();
        var examples = new TreeSet<String>();
        for (var operation : api.operations()) {
            for (var body : operation.bodies().values()) {
                collect("", body.get("schema"), MissingNode.getInstance(), words);
                for (var example : body.path("examples")) {
                    collect("", body.get("schema"), example.get("value"), examples);
                }
            }
        }

        assertThat(words)
                .contains("Submission.dependsOn", "Overlap.QUEUE_ONE", "QueueRequest.maxDepth");
        words.removeAll(examples);
        assertThat(words).isEmpty();
    }

    /**
     * Adds the fields of a schema and the values of enumerations: those in a value of that schema,
     * or all there are.
     */
    private void collect(String name, JsonNode schema, JsonNode value, Set<String> words) {
        boolean isAll = value.isMissingNode();
        if (schema.has("$ref")) {
            String of = schema.get("$ref").textValue().replaceFirst(".*/", "");
            collect(of, api.schema(of), value, words);
        }
        schema.path("oneOf").forEach(choice -> collect(name, choice, value, words));
        for (var constant : schema.path("enum")) {
            if (isAll || value.equals(constant)) {
                words.add(name + "." + constant.textValue());
            }
        }
        if (schema.has("items")) {
            for (var item : isAll ? List.of(value) : value) {
                collect(name, schema.get("items"), item, words);
            }
        }
        OpenApi.entries(schema.path("properties"))
                .forEach(
                        (field, of) -> {
                            if (isAll || value.has(field)) {
                                words.add(name + "." + field);
                                collect(name + "." + field, of, value.path(field), words);
                            }
                        });
    }

    /** Every field a client may write has a word of explanation, by itself or by its type. */
    @Test
    void everyFieldThatPeopleWriteIsExplained() {
        var fields = new TreeSet<String>();
        var unexplained = new TreeSet<String>();
        for (var operation : api.operations()) {
            for (var body : operation.bodies().values()) {
                explain(body.get("schema"), fields, unexplained);
            }
        }

        assertThat(unexplained).isEmpty();
        assertThat(fields).contains("JobRequest.overlap", "CalendarEntry.time", "TimeOfDay.from");
    }

    private void explain(JsonNode schema, Set<String> fields, Set<String> unexplained) {
        for (var reference : schema.findValuesAsText("$ref")) {
            String name = reference.replaceFirst(".*/", "");
            OpenApi.entries(api.schema(name).path("properties"))
                    .forEach(
                            (field, of) -> {
                                fields.add(name + "." + field);
                                if (!of.has("description")) {
                                    unexplained.add(name + "." + field);
                                }
                                explain(of, fields, unexplained);
                            });
        }
    }
}
