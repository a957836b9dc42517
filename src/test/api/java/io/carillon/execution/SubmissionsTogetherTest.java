package io.carillon.execution;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.aSubmission;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carillon.support.Database;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * Single submissions that come at the same time share a transaction, and each has its own result.
 */
@QuarkusTest
class SubmissionsTogetherTest {
    private static final int MANY = 20;

    private final String queue = unique("together");

    @Inject MeterRegistry meters;

    @Test
    void thoseThatWaitForALockAreWrittenInOneTransaction() throws Exception {
        declare(MANY * 2);
        List<Response> responses;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Response>> answers;
            try (var holder = Database.connect()) {
                holder.setAutoCommit(false);
                try (var lock =
                        holder.prepareStatement("select 1 from queue where name = ? for update")) {
                    lock.setString(1, queue);
                    lock.execute();
                }
                answers = submitMany(threads::submit);
                await().until(() -> activeRequests() >= MANY);
                holder.commit();
            }
            responses = all(answers);
        }

        assertThat(responses).extracting(Response::statusCode).containsOnly(202);
        assertThat(Database.number("select count(*) from execution where queue = ?", queue))
                .isEqualTo(MANY);
        assertThat(
                        Database.number(
                                "select count(distinct xmin::text) from execution where queue = ?",
                                queue))
                .isLessThan(MANY / 2);
    }

    @Test
    void aQueueThatBecomesFullRefusesTheRestOfAGroup() throws Exception {
        declare(MANY / 4);
        List<Response> responses;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            responses = all(submitMany(threads::submit));
        }

        assertThat(responses)
                .filteredOn(response -> response.statusCode() == 202)
                .hasSize(MANY / 4);
        assertThat(responses)
                .filteredOn(response -> response.statusCode() == 429)
                .hasSize(MANY - MANY / 4);
        assertThat(Database.number("select count(*) from execution where queue = ?", queue))
                .isEqualTo(MANY / 4);
    }

    private interface Start {
        Future<Response> start(Callable<Response> call);
    }

    private List<Future<Response>> submitMany(Start threads) {
        var answers = new ArrayList<Future<Response>>();
        for (int index = 0; index < MANY; index++) {
            answers.add(
                    threads.start(
                            () ->
                                    body(aSubmission()
                                                    .put("queue", queue)
                                                    .put("idempotencyKey", unique("key")))
                                            .post(EXECUTIONS)));
        }
        return answers;
    }

    private static List<Response> all(List<Future<Response>> answers) throws Exception {
        var responses = new ArrayList<Response>();
        for (var answer : answers) {
            responses.add(answer.get());
        }
        return responses;
    }

    /** A paused queue keeps what is submitted queued. */
    private void declare(int maxDepth) {
        tree(body(object().put("maxDepth", maxDepth)).put("/api/v1/queues/" + queue), 201);
        tree(post("/api/v1/queues/" + queue + "/pause"), 200);
    }

    private double activeRequests() {
        return meters.get("http.server.active.requests").gauge().value();
    }
}
