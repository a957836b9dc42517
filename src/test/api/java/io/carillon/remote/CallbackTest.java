package io.carillon.remote;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.aCallOf;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.execution;
import static io.carillon.support.Api.inState;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.service;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import io.carillon.callback.Callbacks;
import io.carillon.support.HttpTarget;
import io.carillon.support.Rows;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A target accepts work with 202, and answers later by the URL that it was given. */
@QuarkusTest
class CallbackTest {
    private final HttpTarget target = HttpTarget.start().answers(202);
    @Inject Callbacks callbacks;
    @Inject DataSource dataSource;
    @Inject MeterRegistry meters;

    @AfterEach
    void close() {
        target.close();
    }

    @Test
    void theAnswerEndsTheExecutionAndMayBeRepeated() {
        String id = accepted(aCall("1h"));
        var waiting = execution(id);
        assertThat(Instant.parse(waiting.get("answerBy").textValue()))
                .isBetween(
                        Instant.now().plus(Duration.ofMinutes(50)),
                        Instant.now().plus(Duration.ofMinutes(70)));
        assertThat(waiting.at("/result/status").asInt()).isEqualTo(202);
        assertThat(waiting.has("finishedAt")).isFalse();

        for (int time = 0; time < 2; time++) {
            var said = say("complete", "{\"result\": {\"orders\": 4711}}", 200);
            assertThat(said.get("id").textValue()).isEqualTo(id);
            assertThat(said.get("state").textValue()).isEqualTo("SUCCEEDED");
        }
        var done = execution(id);
        assertThat(done.at("/result/orders").asInt()).isEqualTo(4711);
        assertThat(done.has("answerBy")).isFalse();
        assertThat(done.get("attempt").asInt()).isEqualTo(1);
        assertThat(done.get("workerId").textValue()).isEqualTo(waiting.get("workerId").textValue());
        assertThat(done.get("runAt")).isEqualTo(waiting.get("runAt"));

        say("fail", "{\"code\": \"LATER\", \"message\": \"no\"}", 409);
        assertThat(target.calls()).hasSize(1);
    }

    @Test
    void anAnswerNeedsNoBody() {
        String id = accepted(aCall("1h"));

        var said = tree(post(path() + "/complete"), 200);

        assertThat(said.get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(execution(id).has("result")).isFalse();
    }

    @Test
    void afterAFailureTheNextAttemptHasAnotherUrl() {
        String id =
                submittedId(
                        aCall("1h").set("retry", json("{\"maxAttempts\": 2, \"delay\": \"0s\"}")));
        inState(id, "AWAITING");
        String first = path();
        var said = say("fail", "{\"code\": \"LOCKED\", \"message\": \"not now\"}", 200);
        assertThat(said.get("state").textValue()).isEqualTo("RETRYING");
        Awaitility.await().until(() -> target.calls().size() == 2);
        inState(id, "AWAITING");

        assertThat(path()).isNotEqualTo(first);
        assertProblem(post(first + "/complete"), 409, "lease-lost");
        assertThat(
                        say("fail", "{\"code\": \"LOCKED\", \"message\": \"not now\"}", 200)
                                .get("state")
                                .textValue())
                .isEqualTo("FAILED");
        var failed = execution(id);
        assertThat(failed.get("attempt").asInt()).isEqualTo(2);
        assertThat(failed.at("/error/code").textValue()).isEqualTo("LOCKED");
        assertThat(failed.get("errors").size()).isEqualTo(2);
    }

    @Test
    void aFailureThatIsNotRetryableIsOneForGood() {
        String id = accepted(aCall("1h"));

        var said =
                say(
                        "fail",
                        "{\"code\": \"EMPTY\", \"message\": \"nothing\", \"retryable\": false, \"result\": [7]}",
                        200);

        assertThat(said.get("state").textValue()).isEqualTo("FAILED");
        assertThat(execution(id).at("/result/0").asInt()).isEqualTo(7);
    }

    @Test
    void progressPutsTheAnswerOff() {
        String id = accepted(aCall("10m"));
        var before = Instant.parse(execution(id).get("answerBy").textValue());

        request()
                .body("{\"percent\": 40, \"message\": \"2 of 5\", \"within\": \"1h\"}")
                .contentType("application/json")
                .post(path() + "/progress")
                .then()
                .statusCode(204);
        var after = execution(id);
        assertThat(after.at("/progress/percent").asInt()).isEqualTo(40);
        assertThat(after.at("/progress/message").textValue()).isEqualTo("2 of 5");
        assertThat(Instant.parse(after.get("answerBy").textValue()))
                .isAfter(before.plus(Duration.ofMinutes(40)));

        request()
                .body("{\"within\": \"1s\"}")
                .contentType("application/json")
                .post(path() + "/progress")
                .then()
                .statusCode(204);
        assertThat(execution(id).get("answerBy")).isEqualTo(after.get("answerBy"));
    }

    @Test
    void withoutAnAnswerTheAttemptHasFailed() {
        String id =
                submittedId(
                        aCall("1s").set("retry", json("{\"maxAttempts\": 2, \"delay\": \"0s\"}")));

        var failed = ended(id);

        assertThat(failed.get("state").textValue()).isEqualTo("FAILED");
        assertThat(failed.at("/error/code").textValue()).isEqualTo("NO_ANSWER");
        assertThat(failed.get("errors").size()).isEqualTo(2);
        assertThat(target.calls()).hasSize(2);
        assertProblem(post(path() + "/complete"), 409, "lease-lost");
    }

    @Test
    void underAtMostOnceNothingIsCalledAgain() {
        String id = submittedId(aCall("1s").put("delivery", "AT_MOST_ONCE"));

        double before = failedAttempts();
        assertThat(ended(id).at("/error/code").textValue()).isEqualTo("NO_ANSWER");
        assertThat(target.calls()).hasSize(1);
        Awaitility.await().until(() -> failedAttempts() > before);
    }

    /** The answer comes while the replica that made the call has not stored its acceptance yet. */
    @Test
    void aTargetMayAnswerBeforeItHasAccepted() throws Exception {
        var answer = new CompletableFuture<HttpResponse<String>>();
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        try (var client = HttpClient.newHttpClient()) {
            server.createContext(
                    "/",
                    exchange -> {
                        String url = exchange.getRequestHeaders().getFirst("Carillon-Callback");
                        var request =
                                HttpRequest.newBuilder(service().resolve(ofUrl(url) + "/complete"))
                                        .POST(HttpRequest.BodyPublishers.noBody())
                                        .build();
                        var _ =
                                client.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                                        .thenAccept(answer::complete);
                        // The call reaches Carillon while this one is not answered.
                        awaitABit(answer);
                        exchange.sendResponseHeaders(202, -1);
                        exchange.close();
                    });
            server.start();
            var call = aCallOf("http://127.0.0.1:" + server.getAddress().getPort() + "/");
            config(call).putObject("callback").put("within", "1h");
            String id = submittedId(call);

            assertThat(answer.get(15, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            assertThat(execution(id).get("state").textValue()).isEqualTo("SUCCEEDED");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void anyOtherSuccessIsOneAtOnce() {
        try (var quick = HttpTarget.start().answers(200, "done")) {
            var call = aCallOf(quick.url("/"));
            config(call).putObject("callback").put("within", "1h");

            assertThat(ended(submittedId(call)).at("/result/body").textValue()).isEqualTo("done");
            assertThat(quick.calls().getFirst().headers()).containsKey("Carillon-Callback");
        }
    }

    @Test
    void withoutACallbackA202IsASuccess() {
        var done = ended(submittedId(aCallOf(target.url("/"))));

        assertThat(done.get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(target.calls().getFirst().headers()).doesNotContainKey("Carillon-Callback");
    }

    @Test
    void theUrlMayBeInTheBody() {
        var call = aCall("1h");
        config(call).putObject("body").put("notify", "{{callback.url}}");
        accepted(call);

        var sent = target.calls().getFirst();
        assertThat(json(sent.body()).get("notify").textValue())
                .isEqualTo(sent.headers().get("Carillon-Callback"));
    }

    @Test
    void aCancelledExecutionTakesNoAnswer() {
        String id = accepted(aCall("1h"));

        tree(post(EXECUTIONS + "/{id}/cancel", id), 202);

        assertThat(execution(id).get("state").textValue()).isEqualTo("CANCELLED");
        assertProblem(post(path() + "/complete"), 409, "lease-lost");
    }

    @Test
    void aForgedTokenIsNotFound() {
        String id = accepted(aCall("1h"));
        String genuine = path();
        var uuid = UUID.fromString(id);

        int ofTheMac = genuine.length() - 5;
        for (String forged :
                new String[] {
                    genuine.substring(0, ofTheMac)
                            + (genuine.charAt(ofTheMac) == 'A' ? 'B' : 'A')
                            + genuine.substring(ofTheMac + 1),
                    genuine.substring(0, genuine.length() - 4),
                    genuine.replace("/callbacks/", "/callbacks/A"),
                    ofUrl(callbacks.ofHeartbeat(uuid).orElseThrow())
                            .replace("/heartbeats/", "/callbacks/"),
                    "/api/v1/callbacks/%2e%2e"
                }) {
            assertThat(post(forged + "/complete").statusCode()).as(forged).isEqualTo(404);
        }
        assertThat(execution(id).get("state").textValue()).isEqualTo("AWAITING");
    }

    @Test
    void whatAwaitsAnAnswerIsUnderWay() {
        var job = aJob("{\"every\": \"24h\"}").put("type", "http").put("overlap", "SKIP");
        job.set("config", aCall("1h").get("config"));
        String jobId = createdId(job);
        String first = triggered(jobId, "{}").get("id").textValue();
        inState(first, "AWAITING");

        var second = triggered(jobId, "{}");
        assertThat(second.get("state").textValue()).isEqualTo("SKIPPED");
        assertThat(second.get("reason").textValue()).isEqualTo("OVERLAP");

        say("complete", "{}", 200);
        assertThat(triggered(jobId, "{}").get("state").textValue()).isNotEqualTo("SKIPPED");
    }

    @Test
    void itTakesARoomOfItsQueueButNoneOfTheReplica() throws Exception {
        String queue = unique("narrow");
        tree(body(json("{\"maxConcurrent\": 1}")).put("/api/v1/queues/" + queue), 201);
        accepted(aCall("1h").put("queue", queue));

        String next = submittedId(aCallOf(target.url("/")).put("queue", queue));
        // Everything that was due at the same time has started and ended.
        ended(submittedId(aCallOf(target.url("/"))));
        assertThat(execution(next).get("state").textValue()).isEqualTo("QUEUED");
        assertThat(
                        new Rows(dataSource)
                                .number(
                                        "select count(*) from execution where state = 'RUNNING' and queue = '"
                                                + queue
                                                + "'"))
                .isZero();

        tree(body(object()).post(path(0) + "/complete"), 200);
        assertThat(ended(next).get("state").textValue()).isEqualTo("SUCCEEDED");
    }

    private static void awaitABit(CompletableFuture<?> answer) {
        try {
            var _ = answer.get(500, TimeUnit.MILLISECONDS);
        } catch (TimeoutException asItShould) {
            // It waits for the acceptance.
        } catch (InterruptedException | ExecutionException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Alert rules look at this: what is ended by its deadline is a failure as well. */
    private double failedAttempts() {
        var timer =
                meters.find("carillon.attempt").tags("type", "http", "outcome", "FAILED").timer();
        return timer == null ? 0 : timer.count();
    }

    private ObjectNode aCall(String within) {
        var call = aCallOf(target.url("/"));
        config(call).putObject("callback").put("within", within);
        return call;
    }

    private static ObjectNode config(ObjectNode call) {
        return (ObjectNode) call.get("config");
    }

    private static String accepted(ObjectNode call) {
        String id = submittedId(call);
        inState(id, "AWAITING");
        return id;
    }

    private com.fasterxml.jackson.databind.JsonNode say(String what, String body, int status) {
        return tree(body(body).post(path() + "/" + what), status);
    }

    /** The path of the URL that the last call brought. */
    private String path() {
        return path(target.calls().size() - 1);
    }

    private String path(int call) {
        return ofUrl(
                Objects.requireNonNull(
                        target.calls().get(call).headers().get("Carillon-Callback")));
    }

    private static String ofUrl(String url) {
        return URI.create(url).getPath();
    }
}
