package io.carillon.trace;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aCallOf;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.aSubmission;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Api.unique;
import static io.carillon.support.OtlpCollector.attributes;
import static io.carillon.support.OtlpCollector.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.FreePort;
import io.carillon.support.HttpTarget;
import io.carillon.support.LoggedLines;
import io.carillon.support.OtlpCollector;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Traces as a collector receives them. */
@QuarkusTest
@TestProfile(TracesTest.WithCollector.class)
class TracesTest {
    private static final String CALLER = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String CALLERS_SPAN = "00f067aa0ba902b7";
    private static final String SAMPLED = "00-" + CALLER + "-" + CALLERS_SPAN + "-01";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** As the profile, which another class loader has, made it up. */
    @Inject
    @ConfigProperty(name = "carillon.traces.endpoint")
    URI endpoint;

    @Inject MeterRegistry registry;

    private OtlpCollector collector;

    /** An administrator's settings. */
    public static final class WithCollector implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "carillon.traces.endpoint", "http://localhost:" + FreePort.find() + "/",
                    "carillon.traces.headers", "x-team=ops%20team",
                    "carillon.traces.link", "https://traces.example/trace/{traceId}");
        }
    }

    @BeforeEach
    void collect() {
        collector = OtlpCollector.at(endpoint.getPort());
    }

    @AfterEach
    void close() {
        collector.close();
    }

    @Test
    void aRunByHandIsOneTraceFromTheRequestToTheTarget() {
        try (var target = HttpTarget.start().answers(503).answers(200)) {
            String name = unique("call");
            var job = aJob().put("name", name).put("type", "http");
            job.putObject("config").put("url", target.url("/hook"));
            job.set("retry", json("{\"maxAttempts\": 3, \"delay\": \"1ms\"}"));
            String jobId = createdId(job);

            var answer = request().header("traceparent", SAMPLED).header("X-Request-Id", "r1");
            String id = idOf(tree(answer.noContentType().post(JOBS + "/{id}/trigger", jobId), 202));
            var execution = ended(id);

            String trace = execution.get("traceId").textValue();
            assertThat(trace).isEqualTo(id.replace("-", ""));
            var spans = spans(trace, 4);

            var whole = only(spans, "execution " + name);
            assertThat(hex(whole.getSpanId())).isEqualTo(trace.substring(16));
            assertThat(hex(whole.getParentSpanId())).isEmpty();
            assertThat(whole.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_UNSET);
            assertThat(attributes(whole.getAttributesList()))
                    .containsEntry("carillon.job.id", jobId)
                    .containsEntry("carillon.job.name", name)
                    .containsEntry("carillon.execution.id", id)
                    .containsEntry("carillon.namespace", "default")
                    .containsEntry("carillon.origin", "MANUAL")
                    .containsEntry("carillon.outcome", "SUCCEEDED")
                    .containsEntry("carillon.attempts", "2")
                    .doesNotContainKey("error.type");
            assertThat(whole.getStartTimeUnixNano()).isEqualTo(nanos(execution.get("scheduledAt")));
            assertThat(whole.getEndTimeUnixNano()).isEqualTo(nanos(execution.get("finishedAt")));

            var attempts = all(spans, "attempt http");
            assertThat(attempts)
                    .hasSize(2)
                    .allMatch(each -> each.getKind() == SpanKind.SPAN_KIND_CLIENT)
                    .allMatch(each -> each.getParentSpanId().equals(whole.getSpanId()));
            var failed = ofAttempt(attempts, 1);
            assertThat(failed.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
            assertThat(attributes(failed.getAttributesList()))
                    .containsEntry("error.type", "HTTP_STATUS")
                    .containsEntry("http.response.status_code", "503")
                    .containsEntry("carillon.outcome", "RETRYING");
            var succeeded = ofAttempt(attempts, 2);
            assertThat(succeeded.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_UNSET);
            assertThat(attributes(succeeded.getAttributesList()))
                    .containsEntry("http.response.status_code", "200")
                    .containsEntry("carillon.outcome", "SUCCEEDED");
            assertThat(succeeded.getStartTimeUnixNano())
                    .isLessThanOrEqualTo(succeeded.getEndTimeUnixNano());

            assertThat(target.calls())
                    .extracting(call -> call.headers().get("traceparent"))
                    .containsExactly(
                            "00-" + trace + "-" + hex(failed.getSpanId()) + "-01",
                            "00-" + trace + "-" + hex(succeeded.getSpanId()) + "-01");

            var asked = only(spans, "request");
            assertThat(asked.getParentSpanId()).isEqualTo(whole.getSpanId());
            var served = only(spans(CALLER, whole), "POST /api/v1/jobs/{id}/trigger");
            assertThat(served.getKind()).isEqualTo(SpanKind.SPAN_KIND_SERVER);
            assertThat(hex(served.getParentSpanId())).isEqualTo(CALLERS_SPAN);
            assertThat(attributes(served.getAttributesList()))
                    .containsEntry("http.request.method", "POST")
                    .containsEntry("http.response.status_code", "202")
                    .containsEntry("carillon.request.id", "r1");
            assertThat(asked.getLinksList())
                    .singleElement()
                    .matches(link -> link.getSpanId().equals(served.getSpanId()))
                    .matches(link -> link.getTraceId().equals(served.getTraceId()));
        }
    }

    @Test
    void theCollectorIsToldWhoSends() {
        String trace = traceOf(submittedId(aSubmission()));

        spans(trace, 3);

        assertThat(collector.resources())
                .allSatisfy(
                        resource ->
                                assertThat(attributes(resource.getAttributesList()))
                                        .containsEntry("service.name", "carillon")
                                        .containsKeys("service.version", "service.instance.id"));
        assertThat(collector.headers())
                .allSatisfy(
                        headers ->
                                assertThat(headers)
                                        .containsEntry("x-team", "ops team")
                                        .containsEntry("content-encoding", "gzip")
                                        .containsEntry("content-type", "application/x-protobuf"));
    }

    @Test
    void aCallerThatRecordsNothingHasNoSpanOfTheRequest() {
        String ownTrace = "a" + CALLER.substring(1);
        var answer =
                request()
                        .header(
                                "traceparent",
                                SAMPLED.replace(CALLER, ownTrace).replace("-01", "-00"))
                        .contentType("application/json")
                        .body(aSubmission().toString());
        String id = idOf(tree(answer.post(EXECUTIONS), 202));

        var asked = only(spans(traceOf(id), 3), "request");

        assertThat(asked.getLinksList())
                .singleElement()
                .matches(link -> hex(link.getTraceId()).equals(ownTrace))
                .matches(link -> hex(link.getSpanId()).equals(CALLERS_SPAN));
        assertThat(collector.ofTrace(ownTrace)).isEmpty();
    }

    @Test
    void aSubmissionThatWasMadeBeforeHasOneRequest() {
        String key = unique("key");
        var submission = aSubmission().toString();
        for (int times = 0; times < 2; times++) {
            request()
                    .header("Idempotency-Key", key)
                    .contentType("application/json")
                    .body(submission)
                    .post(EXECUTIONS)
                    .then()
                    .statusCode(202);
        }
        String id =
                idOf(
                        tree(
                                request()
                                        .header("Idempotency-Key", key)
                                        .contentType("application/json")
                                        .body(submission)
                                        .post(EXECUTIONS),
                                202));
        spans(traceOf(id), 3);
        // Requests are sent in the order in which they were answered.
        spans(traceOf(submittedId(aSubmission())), 3);

        assertThat(collector.named(traceOf(id), "request"::equals)).hasSize(1);
    }

    @Test
    void aBatchIsLinkedToEachOfItsExecutions() {
        var batch = object();
        batch.putArray("executions").add(aSubmission()).add(aSubmission()).add("no object");
        String ownTrace = "b" + CALLER.substring(1);
        var answer =
                request()
                        .header("traceparent", SAMPLED.replace(CALLER, ownTrace))
                        .contentType("application/json")
                        .body(batch.toString());
        var items = tree(answer.post(EXECUTIONS + "/batch"), 202).get("items");
        String first = traceOf(items.get(0).get("id").textValue());
        String second = traceOf(items.get(1).get("id").textValue());

        var served = spans(ownTrace, 1).getFirst();

        assertThat(served.getName()).isEqualTo("POST /api/v1/executions/batch");
        assertThat(served.getLinksList())
                .extracting(link -> hex(link.getTraceId()))
                .containsExactlyInAnyOrder(first, second);
        assertThat(only(spans(first, 3), "request").getLinks(0).getSpanId())
                .isEqualTo(only(spans(second, 3), "request").getLinks(0).getSpanId())
                .isEqualTo(served.getSpanId());
    }

    @Test
    void aFiringIsInTheTrace() {
        String jobId = createdId(aJob("{\"every\": \"1s\"}"));
        try {
            var execution =
                    await().atMost(PATIENCE)
                            .until(
                                    () ->
                                            tree(get(JOBS + "/{id}/executions", jobId), 200)
                                                    .at("/items/0"),
                                    found -> "SUCCEEDED".equals(found.path("state").asText()));
            var spans = spans(execution.get("traceId").textValue(), 3);

            var whole = only(spans, "execution " + jobName(jobId));
            var firing = only(spans, "firing");
            assertThat(firing.getParentSpanId()).isEqualTo(whole.getSpanId());
            assertThat(firing.getStartTimeUnixNano())
                    .isEqualTo(nanos(execution.get("scheduledAt")));
            assertThat(firing.getEndTimeUnixNano()).isEqualTo(nanos(execution.get("createdAt")));
            assertThat(attributes(whole.getAttributesList()))
                    .containsEntry("carillon.origin", "SCHEDULE");
            assertThat(only(spans, "attempt noop").getKind())
                    .isEqualTo(SpanKind.SPAN_KIND_INTERNAL);
        } finally {
            request().delete(JOBS + "/{id}", jobId);
        }
    }

    @Test
    void whatFollowsIsLinkedToItsCause() {
        String first = createdId(aJob());
        var after = aJob();
        after.putObject("after").put("job", jobName(first));
        String second = createdId(after);

        String cause = idOf(triggered(first, "{}"));
        var follower =
                await().atMost(PATIENCE)
                        .until(
                                () ->
                                        tree(get(JOBS + "/{id}/executions", second), 200)
                                                .at("/items/0"),
                                found -> "SUCCEEDED".equals(found.path("state").asText()));

        assertLinked(follower.get("traceId").textValue(), "execution " + jobName(second), cause);
    }

    @Test
    void whatWaitedForOthersAndWhatReplaysOneIsLinkedToThem() {
        var failing = aSubmission();
        failing.putObject("config").put("failures", 5);
        failing.set("retry", json("{\"maxAttempts\": 1}"));
        String one = submittedId(aSubmission());
        String dead = submittedId(failing);
        ended(dead);
        var waiting = aSubmission().put("onDependencyFailure", "RUN");
        waiting.putArray("dependsOn").add(one).add(dead);
        String dependent = submittedId(waiting);
        String replay = idOf(tree(post(EXECUTIONS + "/{id}/replay", dead), 202));

        assertLinked(traceOf(dependent), "execution noop", one, dead);
        assertLinked(traceOf(replay), "execution noop", dead);
        var failed = only(spans(traceOf(dead), 3), "execution noop");
        assertThat(failed.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
        assertThat(attributes(failed.getAttributesList())).containsKey("error.type");
    }

    @Test
    void whatWasCancelledBeforeItRanHasATraceWithoutAttempts() {
        String id = submittedId(aSubmission().put("runAt", "2099-01-01T00:00:00Z"));
        tree(post(EXECUTIONS + "/{id}/cancel", id), 202);

        var spans = spans(traceOf(id), 2);

        assertThat(attributes(only(spans, "execution noop").getAttributesList()))
                .containsEntry("carillon.outcome", "CANCELLED")
                .containsEntry("carillon.reason", "REQUESTED");
        assertThat(all(spans, "attempt noop")).isEmpty();
    }

    @Test
    void aRemoteWorkerIsGivenItsParent() {
        String task = unique("task");
        var asked = object().put("name", unique("worker"));
        asked.putArray("tasks").add(task);
        String worker = idOf(tree(body(asked).post("/api/v1/workers"), 201));
        var submission = aSubmission().put("type", "custom");
        submission.putObject("config").put("task", task);
        String id = submittedId(submission);

        var claimed =
                tree(body("{\"waitFor\": \"10s\"}").post("/api/v1/workers/{id}/claim", worker), 200)
                        .at("/executions/0");
        var report = object().put("workerId", worker).put("epoch", claimed.get("epoch").asLong());
        tree(body(report).post(EXECUTIONS + "/{id}/complete", id), 200);

        var attempt = only(spans(traceOf(id), 3), "attempt custom");
        assertThat(claimed.get("traceparent").textValue())
                .isEqualTo("00-%s-%s-01".formatted(traceOf(id), hex(attempt.getSpanId())));
        assertThat(attempt.getKind()).isEqualTo(SpanKind.SPAN_KIND_CLIENT);
        request().delete("/api/v1/workers/{id}", worker);
    }

    @Test
    void anAnswerThatComesLaterEndsTheAttempt() {
        try (var target = HttpTarget.start().answers(202)) {
            var call = aCallOf(target.url("/"));
            ((ObjectNode) call.get("config")).putObject("callback").put("within", "1h");
            String id = submittedId(call);
            await().atMost(PATIENCE).until(() -> !target.calls().isEmpty());
            var headers = target.calls().getFirst().headers();
            String path = URI.create(headers.get("Carillon-Callback")).getPath();
            body("{}").post(path + "/complete").then().statusCode(200);
            ended(id);

            var attempt = only(spans(traceOf(id), 3), "attempt http");

            assertThat(headers.get("traceparent")).contains(hex(attempt.getSpanId()));
            assertThat(attributes(attempt.getAttributesList()))
                    .containsEntry("carillon.outcome", "SUCCEEDED");
        }
    }

    @Test
    void thePageLeadsToTheTrace() {
        String id = submittedId(aSubmission());

        assertThat(get("/executions/{id}", id).asString())
                .contains("<a href=\"https://traces.example/trace/" + traceOf(id) + "\"");
    }

    @Test
    void aCollectorThatIsAwayStopsNothingAndIsToldOnce() {
        double sent = spansWith("sent");
        submittedId(aSubmission());
        await().atMost(PATIENCE).until(() -> spansWith("sent") > sent);
        try (var lines = LoggedLines.ofAll()) {
            collector.close();
            for (int batches = 0; batches < 2; batches++) {
                double before = spansWith("refused");
                assertThat(ended(submittedId(aSubmission())).get("state").textValue())
                        .isEqualTo("SUCCEEDED");
                await().atMost(PATIENCE).until(() -> spansWith("refused") > before);
            }
            collector = OtlpCollector.at(endpoint.getPort());
            spans(traceOf(submittedId(aSubmission())), 3);
            await().atMost(PATIENCE).until(() -> about(lines, "takes traces again").size() == 1);

            assertThat(about(lines, "does not take traces")).hasSize(1);
            assertThat(lines.all()).noneMatch(line -> line.startsWith("io.opentelemetry"));
        }
    }

    @Test
    void aCollectorThatDoesNotAnswerStopsNothing() {
        collector.close();
        collector = OtlpCollector.silentAt(endpoint.getPort());
        double before = spansWith("refused");

        for (int times = 0; times < 20; times++) {
            assertThat(ended(submittedId(aSubmission())).get("state").textValue())
                    .isEqualTo("SUCCEEDED");
        }

        await().atMost(PATIENCE).until(() -> spansWith("refused") > before);
    }

    private double spansWith(String result) {
        return registry.get("carillon.traces.spans").tag("result", result).counter().count();
    }

    private static List<String> about(LoggedLines lines, String what) {
        return lines.all().stream().filter(line -> line.contains(what)).toList();
    }

    private void assertLinked(String trace, String name, String... causes) {
        var links =
                await().atMost(PATIENCE)
                        .until(
                                () -> collector.named(trace, name::equals).toList(),
                                found -> !found.isEmpty())
                        .getFirst()
                        .getLinksList();
        assertThat(links)
                .extracting(link -> hex(link.getTraceId()) + " " + hex(link.getSpanId()))
                .containsExactlyInAnyOrder(
                        List.of(causes).stream()
                                .map(cause -> traceOf(cause) + " " + traceOf(cause).substring(16))
                                .toArray(String[]::new));
    }

    /** Waits until so many spans of a trace have come. */
    private List<Span> spans(String trace, int count) {
        return await().atMost(PATIENCE)
                .until(() -> collector.ofTrace(trace), found -> found.size() >= count);
    }

    /** Waits for the spans of a trace that are linked to another span. */
    private List<Span> spans(String trace, Span linked) {
        return await().atMost(PATIENCE)
                .until(
                        () ->
                                collector.ofTrace(trace).stream()
                                        .filter(
                                                each ->
                                                        each.getLinksList().stream()
                                                                .anyMatch(
                                                                        link ->
                                                                                link.getSpanId()
                                                                                        .equals(
                                                                                                linked
                                                                                                        .getSpanId())))
                                        .toList(),
                        found -> !found.isEmpty());
    }

    private static List<Span> all(List<Span> spans, String name) {
        return spans.stream().filter(each -> each.getName().equals(name)).toList();
    }

    private static Span only(List<Span> spans, String name) {
        var found = all(spans, name);
        assertThat(found).as(name).hasSize(1);
        return found.getFirst();
    }

    private static Span ofAttempt(List<Span> attempts, int number) {
        return attempts.stream()
                .filter(each -> numberOf(each).equals(Integer.toString(number)))
                .findFirst()
                .orElseThrow();
    }

    private static String numberOf(Span attempt) {
        return attributes(attempt.getAttributesList()).getOrDefault("carillon.attempt", "");
    }

    private static String jobName(String jobId) {
        return tree(get(JOBS + "/{id}", jobId), 200).get("name").textValue();
    }

    private static String idOf(JsonNode answer) {
        return answer.get("id").textValue();
    }

    private static String traceOf(String executionId) {
        return executionId.replace("-", "");
    }

    private static long nanos(JsonNode instant) {
        var at = Instant.parse(instant.textValue());
        return TimeUnit.SECONDS.toNanos(at.getEpochSecond()) + at.getNano();
    }
}
