package io.carillon.remote;

import static io.carillon.remote.TestWorker.aTask;
import static io.carillon.remote.TestWorker.aWorker;
import static io.carillon.remote.TestWorker.epoch;
import static io.carillon.remote.TestWorker.id;
import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.aSubmission;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.execution;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The protocol for remote workers, as one that does everything right sees it, or late. */
@QuarkusTest
class RemoteWorkerTest {
    private static final Duration SOON = Duration.ofSeconds(15);

    @Inject WaitingWorkers waiting;

    private final String task = unique("task");

    @Test
    void whatIsClaimedCarriesAllThatAWorkerNeeds() {
        var job = aJob().put("type", "custom").put("timeout", "45s");
        job.putObject("config").put("task", task).putObject("payload").put("file", "cat.png");
        String jobId = createdId(job);
        String id = id(triggered(jobId, "{}"));
        var worker = TestWorker.of(task);

        var claimed = worker.claim(10);

        assertThat(claimed).hasSize(1);
        var it = claimed.getFirst();
        assertThat(id(it)).isEqualTo(id);
        assertThat(epoch(it)).isEqualTo(1);
        assertThat(it.get("attempt").intValue()).isEqualTo(1);
        assertThat(it.get("task").textValue()).isEqualTo(task);
        assertThat(it.at("/payload/file").textValue()).isEqualTo("cat.png");
        assertThat(it.get("jobId").textValue()).isEqualTo(jobId);
        assertThat(it.get("jobName")).isEqualTo(job.get("name"));
        assertThat(it.get("namespace").textValue()).isEqualTo("default");
        assertThat(it.get("timeout").textValue()).isEqualTo("PT45S");
        assertThat(Instant.parse(it.get("deadline").textValue()))
                .isAfter(Instant.parse(it.get("scheduledAt").textValue()).plusSeconds(44));
        assertThat(execution(id).get("workerId").textValue()).isEqualTo(worker.id());
        assertThat(worker.complete(it).statusCode()).isEqualTo(200);
        assertThat(execution(id).get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(execution(id).at("/result/done").booleanValue()).isTrue();
        assertThat(execution(id).get("task").textValue()).isEqualTo(task);
    }

    @Test
    void aWorkerLearnsWhatItsExecutionFollows() {
        String first = submittedId(aTask(task));
        var worker = TestWorker.of(task);
        var before = worker.claim(1).getFirst();
        var next = aTask(task);
        next.putArray("dependsOn").add(first);
        String following = submittedId(next);

        worker.complete(before);
        var claimed = claimedWithin(worker, 1).getFirst();

        assertThat(before.has("cause")).isFalse();
        assertThat(id(claimed)).isEqualTo(following);
        assertThat(claimed.at("/cause/id").textValue()).isEqualTo(first);
        assertThat(claimed.at("/cause/state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(claimed.at("/cause/result/done").booleanValue()).isTrue();
        assertThat(claimed.get("cause").has("jobId")).isFalse();
        assertThat(claimed.get("cause").has("errorCode")).isFalse();
    }

    @Test
    void aWorkerLearnsOfWhichFailureItsExecutionIsTheConsequence() {
        var failing = aJob();
        failing.putObject("config").put("failures", 9);
        failing.putObject("retry").put("maxAttempts", 1);
        String failed = createdId(failing);
        var telling = aJob().put("type", "custom");
        telling.remove("schedule");
        telling.putObject("config").put("task", task);
        telling.putObject("after").put("jobId", failed).put("on", "FAILURE");
        createdId(telling);
        String cause = id(triggered(failed, "{}"));
        ended(cause);

        var claimed = claimedWithin(TestWorker.of(task), 1).getFirst();

        assertThat(claimed.at("/cause/id").textValue()).isEqualTo(cause);
        assertThat(claimed.at("/cause/jobName")).isEqualTo(failing.get("name"));
        assertThat(claimed.at("/cause/errorCode").textValue()).isEqualTo("NOOP_FAILURE");
        assertThat(claimed.at("/cause/errorMessage").textValue()).isNotEmpty();
    }

    @Test
    void noReplicaRunsIt() {
        String id = submittedId(aTask(task));

        ended(submittedId(aSubmission()));

        assertThat(execution(id).get("state").textValue()).isEqualTo("QUEUED");
        assertThat(TestWorker.of(task).claim(1)).hasSize(1);
    }

    @Test
    void aWorkerGetsItsTasksOfItsQueuesInTheirOrder() {
        String other = unique("task");
        String queue = unique("queue");
        submittedId(aTask(other));
        submittedId(aTask(task).put("queue", unique("queue")));
        String second = submittedId(aTask(task).put("queue", queue));
        String first = submittedId(aTask(task).put("queue", queue).put("priority", 9));
        var registration = aWorker(task, unique("task"));
        registration.putArray("queues").add(queue);

        var claimed = TestWorker.of(registration).claim(10);

        assertThat(claimed).extracting(TestWorker::id).containsExactlyInAnyOrder(first, second);
        assertThat(TestWorker.of(task).claim(10)).hasSize(1);
        assertThat(TestWorker.of(other).claim(10)).hasSize(1);
    }

    @Test
    void theFirstInOrderIsClaimedFirst() {
        String second = submittedId(aTask(task));
        String first = submittedId(aTask(task).put("priority", 9));
        var worker = TestWorker.of(task);

        assertThat(worker.claim(1)).extracting(TestWorker::id).containsExactly(first);
        assertThat(worker.claim(1)).extracting(TestWorker::id).containsExactly(second);
    }

    @Test
    void aClaimWaitsUntilThereIsSomething() {
        var worker = TestWorker.of(task);
        var claiming = CompletableFuture.supplyAsync(() -> worker.claim(1, "20s"));
        await().until(() -> waiting.size() > 0);

        String id = submittedId(aTask(task));

        assertThat(claiming.join()).extracting(TestWorker::id).containsExactly(id);
        assertThat(worker.claim(1, "10ms")).isEmpty();
        assertProblem(worker.claiming(1, "31s"), 400, "invalid-request", "waitFor");
        assertProblem(worker.claiming(0, "0s"), 400, "invalid-request", "slots");
    }

    @Test
    void anOutcomeThatIsSaidAgainIsAnsweredTheSame() {
        String id = submittedId(aTask(task));
        var worker = TestWorker.of(task);
        var claimed = worker.claim(1).getFirst();

        var first = tree(worker.complete(claimed), 200);
        var again = tree(worker.complete(claimed), 200);

        assertThat(first).isEqualTo(again);
        assertThat(first.get("state").textValue()).isEqualTo("SUCCEEDED");
        assertProblem(worker.fail(claimed), 409, "lease-lost");
        assertThat(execution(id).get("state").textValue()).isEqualTo("SUCCEEDED");
    }

    @Test
    void manyWhoSayTheSameAtOnceAreAnsweredTheSame() {
        submittedId(aTask(task));
        var worker = TestWorker.of(task);
        var claimed = worker.claim(1).getFirst();

        var said =
                IntStream.range(0, 8)
                        .mapToObj(
                                any ->
                                        CompletableFuture.supplyAsync(
                                                () -> worker.complete(claimed)))
                        .toList();

        assertThat(said).allMatch(each -> each.join().statusCode() == 200);
    }

    @Test
    void nobodyButTheHolderEndsAnExecution() {
        String id = submittedId(aTask(task));
        var worker = TestWorker.of(task);
        var claimed = worker.claim(1).getFirst();
        var other = TestWorker.of(task);

        assertProblem(other.complete(claimed), 409, "lease-lost");
        assertProblem(worker.complete(id, 2), 409, "lease-lost");
        assertProblem(other.progress(claimed, "{\"percent\": 1}"), 409, "lease-lost");
        assertProblem(worker.complete("0196f4a0-2d31-7c44-8b1f-6a0d5b8e9fff", 1), 404, "not-found");
        assertThat(execution(id).get("state").textValue()).isEqualTo("RUNNING");
    }

    @Test
    void aFailureIsTriedAgainAsItsWorkerOrItsPolicySays() {
        var submission = aTask(task);
        submission
                .putObject("retry")
                .put("maxAttempts", 3)
                .put("delay", "1h")
                .put("maxDelay", "1h");
        String id = submittedId(submission);
        var worker = TestWorker.of(task);

        var first = worker.claim(1).getFirst();
        assertThat(
                        tree(worker.fail(first, "{\"retryAfter\": \"1ms\"}"), 200)
                                .get("state")
                                .textValue())
                .isEqualTo("RETRYING");
        var second = worker.claim(1, "10s").getFirst();
        assertThat(epoch(second)).isEqualTo(2);
        assertProblem(worker.complete(first), 409, "lease-lost");
        assertThat(tree(worker.fail(second), 200).get("state").textValue()).isEqualTo("RETRYING");
        assertThat(tree(worker.fail(second), 200).get("state").textValue())
                .as("said again")
                .isEqualTo("RETRYING");

        var retrying = execution(id);
        assertThat(retrying.get("attempt").intValue()).isEqualTo(2);
        assertThat(Instant.parse(retrying.get("runAt").textValue()))
                .isAfter(Instant.parse(retrying.get("createdAt").textValue()).plusSeconds(1800));
        assertThat(retrying.at("/error/code").textValue()).isEqualTo("TOLD_TO");
        assertThat(retrying.at("/error/message").textValue()).isEqualTo("by a test");
    }

    @Test
    void aFailureThatIsNotRetryableIsForGood() {
        String id = submittedId(aTask(task));
        var worker = TestWorker.of(task);

        var answer = tree(worker.fail(worker.claim(1).getFirst(), "{\"retryable\": false}"), 200);

        assertThat(answer.get("state").textValue()).isEqualTo("FAILED");
        assertThat(execution(id).at("/error/code").textValue()).isEqualTo("TOLD_TO");
    }

    @Test
    void whatASilentWorkerHeldRunsElsewhere() {
        String again = submittedId(aTask(task));
        String once = submittedId(aTask(task).put("delivery", "AT_MOST_ONCE"));
        var silent = TestWorker.of(task);
        var held = silent.claim(10);
        assertThat(held).hasSize(2);

        assertThat(ended(once).at("/error/code").textValue()).isEqualTo("WORKER_LOST");
        var claimed = TestWorker.of(task).claim(10, "15s");

        assertThat(claimed).extracting(TestWorker::id).containsExactly(again);
        assertThat(epoch(claimed.getFirst())).isEqualTo(2);
        assertThat(claimed.getFirst().get("attempt").intValue()).isEqualTo(2);
        for (var lost : held) {
            assertProblem(silent.complete(lost), 409, "lease-lost");
        }
        assertProblem(silent.beating(List.of()), 409, "lease-lost");
        assertProblem(silent.claiming(1, "0s"), 409, "lease-lost");
    }

    @Test
    void aCancellationComesWithTheNextHeartbeat() {
        String id = submittedId(aTask(task));
        var worker = TestWorker.of(task);
        var claimed = worker.claim(1).getFirst();
        assertThat(worker.beat(id).get("cancel")).isEmpty();

        post(EXECUTIONS + "/{id}/cancel", id);

        assertThat(worker.beat(id).get("cancel")).hasSize(1);
        assertThat(execution(id).get("state").textValue()).isEqualTo("RUNNING");
        assertThat(tree(worker.fail(claimed), 200).get("state").textValue()).isEqualTo("CANCELLED");
        assertThat(tree(worker.fail(claimed), 200).get("state").textValue()).isEqualTo("CANCELLED");
        assertThat(execution(id).get("reason").textValue()).isEqualTo("REQUESTED");
    }

    @Test
    void whatRunsForTooLongEndsWithoutItsWorker() {
        var submission = aTask(task).put("timeout", "300ms");
        submission.putObject("retry").put("maxAttempts", 1);
        String id = submittedId(submission);
        var worker = TestWorker.of(task);
        var claimed = worker.claim(1).getFirst();

        await().atMost(SOON).until(() -> !worker.beat(id).get("lost").isEmpty());

        var ended = execution(id);
        assertThat(ended.get("state").textValue()).isEqualTo("FAILED");
        assertThat(ended.at("/error/code").textValue()).isEqualTo("TIMEOUT");
        assertProblem(worker.complete(claimed), 409, "lease-lost");
    }

    @Test
    void whoLeavesGivesBackWhatItHoldsAndNoAttemptIsCounted() {
        String again = submittedId(aTask(task));
        String once = submittedId(aTask(task).put("delivery", "AT_MOST_ONCE"));
        var worker = TestWorker.of(task);
        assertThat(worker.claim(10)).hasSize(2);

        assertThat(worker.leave().statusCode()).isEqualTo(204);

        assertThat(execution(again).get("state").textValue()).isEqualTo("QUEUED");
        assertThat(execution(again).get("attempt").intValue()).isZero();
        assertThat(execution(once).at("/error/code").textValue()).isEqualTo("WORKER_STOPPED");
        assertThat(worker.leave().statusCode()).isEqualTo(204);
        assertProblem(worker.claiming(1, "0s"), 409, "lease-lost");
        assertThat(TestWorker.of(task).claim(1).getFirst().get("attempt").intValue()).isEqualTo(1);
    }

    @Test
    void whoLeavesWaitsNoLonger() {
        var worker = TestWorker.of(task);
        var claiming = CompletableFuture.supplyAsync(() -> worker.claiming(1, "30s"));
        await().until(() -> waiting.size() > 0);

        worker.leave();

        assertProblem(claiming.join(), 409, "lease-lost");
    }

    @Test
    void aWorkerHoldsNoMoreThanItsCapacityAndClaimsNothingWhenItIsScaledToNone() {
        for (int submission = 0; submission < 4; submission++) {
            submittedId(aTask(task));
        }
        var worker = TestWorker.of(aWorker(task).put("capacity", 2));

        var claimed = worker.claim(10);
        assertThat(claimed).hasSize(2);
        assertThat(worker.claim(10)).isEmpty();
        worker.complete(claimed.getFirst());
        assertThat(worker.claim(10)).hasSize(1);
        assertThat(worker.beat().get("drain").booleanValue()).isFalse();

        body(object().put("capacity", 0).put("workerId", worker.id()))
                .post("/api/v1/workers/scale");

        worker.complete(claimed.getLast());
        assertThat(worker.beat().get("drain").booleanValue()).isTrue();
        assertThat(worker.claim(10)).isEmpty();
    }

    @Test
    void aQueueHoldsBackRemoteWorkersAsItDoesReplicas() {
        String queue = unique("queue");
        tree(body(object().put("maxConcurrent", 2)).put("/api/v1/queues/{name}", queue), 201);
        for (int submission = 0; submission < 3; submission++) {
            submittedId(aTask(task).put("queue", queue));
        }
        var one = TestWorker.of(task);
        var other = TestWorker.of(task);

        var first = claimedWithin(one, 1);
        var second = claimedWithin(other, 10);
        assertThat(second).hasSize(1);
        assertThat(one.claim(10)).isEmpty();

        post("/api/v1/queues/{name}/pause", queue);
        one.complete(first.getFirst());
        assertThat(other.claim(10)).isEmpty();
        post("/api/v1/queues/{name}/resume", queue);

        assertThat(claimedWithin(other, 10)).hasSize(1);
    }

    /** A replica takes up to a second to hear of a queue's first limit. */
    private static List<JsonNode> claimedWithin(TestWorker worker, int slots) {
        return await().atMost(SOON).until(() -> worker.claim(slots, "1s"), it -> !it.isEmpty());
    }

    @Test
    void progressIsShownUntilTheNextAttempt() {
        var submission = aTask(task);
        submission.putObject("retry").put("delay", "1ms");
        String id = submittedId(submission);
        var worker = TestWorker.of(task);
        var claimed = worker.claim(1).getFirst();

        assertThat(
                        worker.progress(claimed, "{\"percent\": 40, \"message\": \"2 of 5\"}")
                                .statusCode())
                .isEqualTo(204);

        var progress = execution(id).get("progress");
        assertThat(progress.get("percent").intValue()).isEqualTo(40);
        assertThat(progress.get("message").textValue()).isEqualTo("2 of 5");
        assertThat(progress.get("at").textValue()).startsWith("20");
        assertProblem(
                worker.progress(claimed, "{\"percent\": 101}"), 400, "invalid-request", "percent");
        worker.fail(claimed);
        assertProblem(worker.progress(claimed, "{\"percent\": 50}"), 409, "lease-lost");
        assertThat(worker.claim(1, "10s")).hasSize(1);
        assertThat(execution(id).has("progress")).isFalse();
    }

    @Test
    void aClaimWhoseAnswerWasLostIsGivenBack() {
        String id = submittedId(aTask(task));
        var worker = TestWorker.of(task);
        worker.claim(1);

        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(500))
                .until(
                        () -> {
                            worker.beat();
                            return execution(id).get("state").textValue().equals("QUEUED");
                        });

        assertThat(execution(id).get("attempt").intValue()).isZero();
        assertThat(worker.claim(1)).hasSize(1);
    }

    @Test
    void remoteWorkersAreListedBesideTheOthers() {
        var registration = aWorker(task).put("version", "1.2.3");
        registration.putArray("queues").add("reports");
        var worker = TestWorker.of(registration);

        var shown = tree(get("/api/v1/workers/{id}", worker.id()), 200);

        assertThat(shown.get("kind").textValue()).isEqualTo("REMOTE");
        assertThat(shown.get("name").textValue()).isEqualTo("test");
        assertThat(shown.get("namespace").textValue()).isEqualTo("default");
        assertThat(shown.get("tasks")).containsExactly(json("\"" + task + "\""));
        assertThat(shown.get("queues")).containsExactly(json("\"reports\""));
        assertThat(shown.get("version").textValue()).isEqualTo("1.2.3");
        var kinds = tree(get("/api/v1/workers"), 200).get("items").findValuesAsText("kind");
        assertThat(kinds).contains("REMOTE", "EMBEDDED");
    }

    @Test
    void aJobNeedsATask() {
        var job = aJob().put("type", "custom");
        job.putObject("config").put("payload", 1);

        assertProblem(body(job).post("/api/v1/jobs"), 400, "invalid-request", "config.task");
    }

    @Test
    void onlyRemoteWorkersSpeakTheProtocol() {
        String ofReplica =
                tree(get("/api/v1/workers"), 200)
                        .get("items")
                        .valueStream()
                        .filter(each -> each.get("kind").textValue().equals("EMBEDDED"))
                        .findFirst()
                        .orElseThrow()
                        .get("id")
                        .textValue();

        assertProblem(new TestWorker(ofReplica).beating(List.of()), 404, "not-found");
        assertProblem(new TestWorker(ofReplica).leave(), 404, "not-found");
    }
}
