package io.carillon.definition;

import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.execution;
import static io.carillon.support.Api.inState;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.support.HttpTarget;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs of a job while another of it has not ended. */
@QuarkusTest
class OverlapPolicyTest {
    private final HttpTarget target = HttpTarget.start().holdsItsAnswers();

    @AfterEach
    void close() {
        target.close();
    }

    @Test
    void anotherRunIsSkippedUnlessTheJobSaysOtherwise() {
        var job = aSlowJob().deepCopy();
        job.remove("overlap");
        String id = createdId(job);
        String first = running(id);

        var second = triggered(id, "{}");

        assertThat(state(second)).isEqualTo("SKIPPED");
        assertThat(second.get("reason").textValue()).isEqualTo("OVERLAP");
        assertThat(second.has("finishedAt")).isTrue();
        target.letGo(2);
        assertThat(state(ended(first))).isEqualTo("SUCCEEDED");
        assertThat(state(ended(id(triggered(id, "{}"))))).isEqualTo("SUCCEEDED");
    }

    @Test
    void runsThatMayOverlapRunBesideEachOther() {
        String id = createdId(aSlowJob("ALLOW"));

        String first = running(id);
        String second = id(triggered(id, "{}"));
        inState(second, "RUNNING");

        assertThat(state(execution(first))).isEqualTo("RUNNING");
        target.letGo(2);
        ended(first);
        ended(second);
    }

    @Test
    void oneRunWaitsForItsTurnAndAnotherIsSkipped() {
        String id = createdId(aSlowJob("QUEUE_ONE"));
        String first = running(id);

        var second = triggered(id, "{}");
        var third = triggered(id, "{}");

        assertThat(state(second)).isEqualTo("BLOCKED");
        assertThat(state(third)).isEqualTo("SKIPPED");
        assertThat(target.calls()).hasSize(1);
        target.letGo(2);
        assertInTurn(List.of(ended(first), ended(id(second))));
    }

    @Test
    void everyRunWaitsForItsTurn() {
        String id = createdId(aSlowJob("QUEUE_ALL"));
        String first = running(id);

        var second = triggered(id, "{}");
        var third = triggered(id, "{}");

        assertThat(state(second)).isEqualTo("BLOCKED");
        assertThat(state(third)).isEqualTo("BLOCKED");
        target.letGo(3);
        assertInTurn(List.of(ended(first), ended(id(second)), ended(id(third))));
        assertThat(instant(ended(id(second)), "startedAt"))
                .isBefore(instant(ended(id(third)), "startedAt"));
    }

    @Test
    void theRunBeforeIsCancelledAndTheNextFollows() {
        String id = createdId(aSlowJob("CANCEL_RUNNING"));
        String first = running(id);

        String second = id(triggered(id, "{}"));

        var cancelled = ended(first);
        assertThat(state(cancelled)).isEqualTo("CANCELLED");
        assertThat(cancelled.get("reason").textValue()).isEqualTo("OVERLAP");
        await().until(() -> target.calls().size() == 2);
        target.letGo(2);
        assertInTurn(List.of(cancelled, ended(second)));
        assertThat(state(execution(second))).isEqualTo("SUCCEEDED");
    }

    @Test
    void ofThreeRunsOnlyTheLastRemains() {
        String id = createdId(aSlowJob("CANCEL_RUNNING"));
        String first = running(id);

        String second = id(triggered(id, "{}"));
        String third = id(triggered(id, "{}"));

        assertThat(state(ended(first))).isEqualTo("CANCELLED");
        assertThat(state(ended(second))).isEqualTo("CANCELLED");
        target.letGo(3);
        assertThat(state(ended(third))).isEqualTo("SUCCEEDED");
    }

    @Test
    void aManualRunMayHaveAPolicyOfItsOwn() {
        String id = createdId(aSlowJob("SKIP"));
        String first = running(id);

        String beside = id(triggered(id, "{\"overlap\": \"ALLOW\"}"));
        inState(beside, "RUNNING");
        var after = triggered(id, "{\"overlap\": \"QUEUE_ONE\"}");

        assertThat(state(after)).isEqualTo("BLOCKED");
        target.letGo(3);
        var ended = ended(id(after));
        assertThat(instant(ended, "startedAt"))
                .isAfterOrEqualTo(instant(ended(first), "finishedAt"))
                .isAfterOrEqualTo(instant(ended(beside), "finishedAt"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SKIP", "QUEUE_ONE", "QUEUE_ALL", "CANCEL_RUNNING"})
    void runsTriggeredAtTheSameTimeNeverOverlap(String policy) throws Exception {
        String id = createdId(aSlowJob(policy));
        target.letGo(100);
        var triggers =
                new ArrayList<Callable<String>>(
                        Collections.nCopies(12, () -> id(triggered(id, "{}"))));

        var runs = new ArrayList<JsonNode>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var run : threads.invokeAll(triggers)) {
                runs.add(ended(run.get()));
            }
        }

        assertThat(runs).extracting(OverlapPolicyTest::state).contains("SUCCEEDED");
        assertInTurn(runs.stream().filter(run -> run.has("startedAt")).toList());
        if (policy.equals("QUEUE_ALL")) {
            assertThat(runs).extracting(OverlapPolicyTest::state).containsOnly("SUCCEEDED");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Overlap.class,
            names = {"SKIP", "QUEUE_ONE"})
    void ofRunsTriggeredAtTheSameTimeAsManyWaitAsMay(Overlap policy) throws Exception {
        String id = createdId(aSlowJob(policy.name()));
        var triggers =
                new ArrayList<Callable<String>>(
                        Collections.nCopies(12, () -> id(triggered(id, "{}"))));

        var runs = new ArrayList<String>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var run : threads.invokeAll(triggers)) {
                runs.add(run.get());
            }
        }

        int started = policy == Overlap.SKIP ? 1 : 2;
        assertThat(runs)
                .filteredOn(run -> !state(execution(run)).equals("SKIPPED"))
                .hasSize(started);
        target.letGo(started);
        runs.forEach(run -> ended(run));
        assertThat(target.calls()).hasSize(started);
    }

    @Test
    void aRunMayStandForAnInstantInThePastButNotAhead() {
        String id = createdId(aJob());

        var past = triggered(id, "{\"scheduledAt\": \"2026-01-05T08:00:00Z\"}");
        var ahead = body("{\"scheduledAt\": \"2190-01-01T00:00:00Z\"}");

        assertThat(past.get("plannedAt").textValue()).isEqualTo("2026-01-05T08:00:00Z");
        assertThat(state(ended(id(past)))).isEqualTo("SUCCEEDED");
        assertProblem(
                ahead.post(JOBS + "/{id}/trigger", id), 400, "invalid-request", "scheduledAt");
    }

    @Test
    void anUnknownPolicyIsRefused() {
        String id = createdId(aJob());

        assertProblem(
                body(aJob().put("overlap", "PANIC")).post(JOBS), 400, "invalid-request", "overlap");
        assertProblem(
                body("{\"overlap\": \"PANIC\"}").post(JOBS + "/{id}/trigger", id),
                400,
                "invalid-request",
                "overlap");
    }

    private com.fasterxml.jackson.databind.node.ObjectNode aSlowJob(String overlap) {
        return aSlowJob().put("overlap", overlap);
    }

    private com.fasterxml.jackson.databind.node.ObjectNode aSlowJob() {
        var job = aJob().put("type", "http");
        job.putObject("config").put("url", target.url("/"));
        return job;
    }

    /** Triggers a job and waits until its target has been called. */
    private String running(String job) {
        int before = target.calls().size();
        String id = id(triggered(job, "{}"));
        await().until(() -> target.calls().size() > before);
        return id;
    }

    private static void assertInTurn(List<JsonNode> runs) {
        var inOrder =
                runs.stream()
                        .sorted(Comparator.comparing(run -> instant(run, "startedAt")))
                        .toList();
        for (int index = 1; index < inOrder.size(); index++) {
            assertThat(instant(inOrder.get(index), "startedAt"))
                    .isAfterOrEqualTo(instant(inOrder.get(index - 1), "finishedAt"));
        }
    }

    private static String id(JsonNode execution) {
        return execution.get("id").textValue();
    }

    private static String state(JsonNode execution) {
        return execution.get("state").textValue();
    }

    private static Instant instant(JsonNode execution, String field) {
        return Instant.parse(execution.get(field).textValue());
    }
}
