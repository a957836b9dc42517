package io.carillon.http;

import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.support.Database;
import io.carillon.support.OpenApi;
import io.quarkus.test.junit.QuarkusTest;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A query parameter that an operation does not have is refused before anything is done. */
@QuarkusTest
class QueryParametersTest {

    @Test
    void everyOperationRefusesAParameterThatItDoesNotHave() {
        var operations = OpenApi.read().operations();

        for (var operation : operations) {
            String path =
                    operation
                            .path()
                            .replace("{id}", UUID.randomUUID().toString())
                            .replaceAll("\\{.*?}", "7");
            var type = operation.bodies().keySet().stream().findFirst();
            var request =
                    type.isEmpty() ? request().noContentType() : body("{}").contentType(type.get());

            var response = request.request(operation.method(), path + "?nonsense=1");

            assertThat(response.statusCode()).as(operation.name()).isEqualTo(400);
            assertProblem(response, 400, "invalid-request", "nonsense");
        }
        assertThat(operations).hasSizeGreaterThan(30);
    }

    @Test
    void everyDocumentedParameterIsKnown() {
        for (var operation : OpenApi.read().operations()) {
            String path =
                    operation
                            .path()
                            .replace("{id}", UUID.randomUUID().toString())
                            .replaceAll("\\{.*?}", "7");
            for (var parameter : operation.description().path("parameters")) {
                if ("query".equals(parameter.get("in").textValue())) {
                    String name = parameter.get("name").textValue();
                    var type = operation.bodies().keySet().stream().findFirst();
                    var request =
                            type.isEmpty()
                                    ? request().noContentType()
                                    : body("{}").contentType(type.get());

                    var response = request.request(operation.method(), path + "?" + name + "=");

                    assertThat(response.asString())
                            .as(operation.name() + " " + name)
                            .doesNotContain("unknown query parameter");
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}?{1}: {2}")
    @CsvSource({
        "executions, status, did you mean state?",
        "executions, States, did you mean state?",
        "executions, job_id, did you mean jobId?",
        "executions, pageSize, did you mean limit?",
        "executions, since, did you mean from?",
        "executions, labels, did you mean label?",
        "jobs, search, did you mean q?",
        "jobs, per_page, did you mean limit?",
        "jobs, enabld, did you mean enabled?",
        "jobs, dryRun, known are namespace",
        "queues, page, known are namespace",
    })
    void whatWasProbablyMeantIsSaid(String path, String name, String hint) {
        var problem =
                assertProblem(
                        get("/api/v1/" + path + "?" + name + "=1"), 400, "invalid-request", name);

        assertThat(problem.at("/violations/0/message").textValue())
                .startsWith("unknown query parameter")
                .contains(hint);
    }

    @Test
    void allThatAreWrongAreNamedAtOnce() {
        assertProblem(get(JOBS + "?b=1&status=2&page=1"), 400, "invalid-request", "b", "status");
    }

    @Test
    void aParameterThatIsAFieldOfTheBodyIsSentThere() {
        var problem =
                assertProblem(body(aJob()).post(JOBS + "?name=a"), 400, "invalid-request", "name");

        assertThat(problem.get("detail").textValue()).contains("field of the body");
    }

    @Test
    void aDryRunNeverResumes() {
        String id = createdId(aJob("{\"every\": \"1h\"}"));
        post(JOBS + "/{id}/pause", id);

        tree(post(JOBS + "/{id}/resume?dryRun=true", id), 200);
        tree(body("{\"catchUp\": \"FIRE_ALL\"}").post(JOBS + "/{id}/resume?dryRun=true", id), 200);
        assertProblem(post(JOBS + "/{id}/resume?dryRun=yes", id), 400, "invalid-request", "dryRun");
        assertProblem(
                post(JOBS + "/{id}/resume?dry_run=true", id), 400, "invalid-request", "dry_run");

        assertThat(tree(get(JOBS + "/{id}", id), 200).get("status").textValue())
                .isEqualTo("PAUSED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"resume", "backfill", "import"})
    void dryRunInTheBodyIsRefusedAndSaysWhereItBelongs(String operation) {
        String id = createdId(aJob("{\"every\": \"1h\"}"));
        post(JOBS + "/{id}/pause", id);
        var before = Database.stored();
        String path = "import".equals(operation) ? "/import" : "/" + id + "/" + operation;
        String needed =
                switch (operation) {
                    case "backfill" ->
                            "\"from\": \"2026-01-01T00:00:00Z\", \"to\": \"2026-01-02T00:00:00Z\",";
                    case "import" -> "\"crontab\": \"\", \"template\": {},";
                    default -> "";
                };

        var response = body("{" + needed + "\"dryRun\": true}").post(JOBS + path);

        var problem = assertProblem(response, 400, "invalid-request", "dryRun");
        assertThat(problem.get("detail").textValue()).contains("query parameter", "?dryRun=");
        assertThat(Database.stored()).isEqualTo(before);
    }
}
