package io.carillon.job;

import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

@QuarkusTest
class JobByNameResourceTest {
    private static final String BY_NAME = JOBS + "/by-name/{name}";

    private final String name = unique("declared / né");

    private static ObjectNode definition(String schedule) {
        var job = aJob("\"%s\"".formatted(schedule));
        job.remove("name");
        return job;
    }

    private Response declare(ObjectNode definition) {
        return body(definition).put(BY_NAME, name);
    }

    @Test
    void itIsCreatedThenChangedThenLeftAlone() {
        var first = tree(declare(definition("0 9 * * *")), 201);
        var changed = tree(declare(definition("0 10 * * *")), 200);
        var same = declare(definition("0 10 * * *"));

        assertThat(first.get("name").textValue()).isEqualTo(name);
        assertThat(changed.get("id")).isEqualTo(first.get("id"));
        assertThat(changed.get("version").longValue()).isEqualTo(1);
        assertThat(changed.at("/schedule/cron").textValue()).isEqualTo("0 10 * * *");
        assertThat(tree(same, 200).get("version").longValue()).isEqualTo(1);
        assertThat(same.header("ETag")).isEqualTo("\"1\"");
        assertThat(tree(get(BY_NAME, name), 200).get("id")).isEqualTo(first.get("id"));
    }

    @Test
    void whatWasPausedStaysPausedUnlessItIsSaid() {
        String id = tree(declare(definition("0 9 * * *")), 201).get("id").textValue();
        post(JOBS + "/{id}/pause", id);

        assertThat(tree(declare(definition("0 10 * * *")), 200).get("enabled").booleanValue())
                .isFalse();
        var resumed = tree(declare(definition("0 10 * * *").put("enabled", true)), 200);
        assertThat(resumed.get("enabled").booleanValue()).isTrue();
    }

    @Test
    void whatIsReadCanBeSentBack() {
        var read = (ObjectNode) tree(declare(definition("0 9 * * *")), 201);

        assertThat(tree(declare(read), 200).get("version").longValue()).isZero();
    }

    @Test
    void theAddressAndTheBodyMustAgree() {
        assertProblem(
                declare(definition("0 9 * * *").put("name", "another")),
                400,
                "invalid-request",
                "name");
        assertProblem(
                body(definition("0 9 * * *").put("namespace", "one"))
                        .put(BY_NAME + "?namespace=two", name),
                400,
                "invalid-request",
                "namespace");
        assertProblem(declare(definition("61 9 * * *")), 400, "invalid-request", "schedule.cron");
        assertThat(get(BY_NAME, name).statusCode()).isEqualTo(404);
    }

    @Test
    void aVersionThatIsExpectedMustBeThere() {
        assertThat(
                        body(definition("0 9 * * *"))
                                .header("If-Match", "\"3\"")
                                .put(BY_NAME, name)
                                .statusCode())
                .isEqualTo(404);
        declare(definition("0 9 * * *"));
        assertThat(
                        body(definition("0 10 * * *"))
                                .header("If-Match", "\"3\"")
                                .put(BY_NAME, name)
                                .statusCode())
                .isEqualTo(412);
    }

    @Test
    void ofManyWhoDeclareTheSameJobOneCreatesIt() throws Exception {
        var declarations = new ArrayList<Callable<Integer>>();
        for (int index = 0; index < 8; index++) {
            declarations.add(() -> declare(definition("0 9 * * *")).statusCode());
        }
        List<Integer> statuses;
        try (var threads = Executors.newFixedThreadPool(declarations.size())) {
            statuses = threads.invokeAll(declarations).stream().map(Future::resultNow).toList();
        }

        assertThat(statuses).containsOnly(200, 201).containsOnlyOnce(201);
    }

    @Test
    void aDeletedJobIsCreatedAnew() {
        String id = tree(declare(definition("0 9 * * *")), 201).get("id").textValue();
        request().delete(JOBS + "/{id}", id);

        var again = tree(declare(definition("0 9 * * *")), 201);

        assertThat(again.get("id").textValue()).isNotEqualTo(id);
    }
}
