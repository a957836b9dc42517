package io.carillon.event;

import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.aSubmission;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Problems.assertProblem;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.support.Api;
import io.carillon.support.Database;
import io.quarkus.test.junit.QuarkusTest;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class EventResourceTest {
    private static final String EVENTS = "/api/v1/events";

    @Test
    void theEndOfAnExecutionIsAnEvent() {
        String id = submittedId(aSubmission());
        ended(id);

        var event = of("executionId", id).getFirst();

        assertThat(event.get("kind").textValue()).isEqualTo("execution.succeeded");
        assertThat(event.get("type").textValue()).isEqualTo("noop");
        assertThat(event.get("attempt").intValue()).isEqualTo(1);
        assertThat(event.get("namespace").textValue()).isEqualTo("default");
        assertThat(Instant.parse(event.get("at").textValue())).isAfter(Instant.EPOCH);
        assertThat(event.has("jobId")).isFalse();
    }

    @Test
    void anAttemptThatFailsAndIsRepeatedIsOneToo() {
        var submission = aSubmission();
        submission.putObject("config").put("failures", 9);
        submission.putObject("retry").put("maxAttempts", 2).put("delay", "10ms");
        String id = submittedId(submission);
        ended(id);

        assertThat(of("executionId", id))
                .extracting(event -> event.get("kind").textValue())
                .containsExactly("execution.retrying", "execution.failed");
        assertThat(of("executionId", id)).allMatch(event -> event.hasNonNull("code"));
    }

    @Test
    void changesOfAJobAndWhatItSkipsAreInOrder() {
        var definition = aJob();
        definition.putObject("config").put("sleep", "30s");
        String job = createdId(definition);
        String running = triggered(job, "{}").get("id").textValue();
        String skipped = triggered(job, "{}").get("id").textValue();
        post("/api/v1/executions/{id}/cancel", running).then().statusCode(202);
        ended(running);
        post(JOBS + "/{id}/pause", job);

        var events = of("jobId", job);
        assertThat(events)
                .extracting(event -> event.get("kind").textValue())
                .containsExactly(
                        "job.created",
                        "job.triggered",
                        "execution.skipped",
                        "job.triggered",
                        "execution.cancelled",
                        "job.paused");
        assertThat(events.get(2).get("executionId").textValue()).isEqualTo(skipped);
        assertThat(events.get(2).get("reason").textValue()).isEqualTo("OVERLAP");
        assertThat(events.getLast().get("actor").textValue()).isEqualTo("anonymous");
        assertThat(events.getLast().get("details").has("before")).isFalse();
    }

    @Test
    void anInstantThatTheScheduleSkipsIsOne() {
        var definition = aJob("{\"every\": \"100ms\", \"maxRuns\": 2}");
        definition.putObject("config").put("sleep", "3s");
        String job = createdId(definition);

        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () ->
                                assertThat(of("jobId", job))
                                        .extracting(event -> event.get("kind").textValue())
                                        .contains("execution.skipped"));
    }

    @Test
    void aSubmissionThatIsCancelledBeforeItBeginsIsOne() {
        var failing = aSubmission();
        failing.putObject("config").put("failures", 9);
        failing.putObject("retry").put("maxAttempts", 1);
        String failed = submittedId(failing);
        ended(failed);
        var late = aSubmission();
        late.putArray("dependsOn").add(failed);
        String cancelled = submittedId(late);

        assertThat(of("executionId", cancelled))
                .extracting(event -> event.get("kind").textValue())
                .containsExactly("execution.cancelled");
    }

    @Test
    void pagesFollowOneAnother() {
        String after = now();
        String job = createdId(aJob());
        for (int change = 0; change < 2; change++) {
            post(JOBS + "/{id}/pause", job);
            post(JOBS + "/{id}/resume", job);
        }

        var kinds = new ArrayList<String>();
        JsonNode page;
        do {
            page = page("jobId=" + job + "&limit=2&after=" + after);
            page.get("items").forEach(item -> kinds.add(item.get("kind").textValue()));
            assertThat(page.get("items").size()).isLessThanOrEqualTo(2);
            after = page.get("next").textValue();
        } while (page.get("more").booleanValue());

        assertThat(kinds)
                .containsExactly(
                        "job.created", "job.paused", "job.resumed", "job.paused", "job.resumed");
        assertThat(page("jobId=" + job + "&after=" + after).get("items")).isEmpty();
    }

    @Test
    void kindsAndSubjectsAreFilters() {
        String job = createdId(aJob());
        ended(triggered(job, "{}").get("id").textValue());
        post(JOBS + "/{id}/pause", job);

        assertThat(kinds("jobId=" + job + "&kind=job")).doesNotContain("execution.succeeded");
        assertThat(kinds("jobId=" + job + "&kind=execution.succeeded&kind=job.paused"))
                .containsExactly("execution.succeeded", "job.paused");
        assertThat(kinds("jobId=" + job + "&namespace=elsewhere")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "after=yesterday",
                "limit=0",
                "limit=1001",
                "kind=A B",
                "jobId=1",
                "brief=2",
                "cursor=1"
            })
    void whatIsAskedForWronglyIsRefused(String query) {
        assertProblem(
                get(EVENTS + "?" + query),
                400,
                "invalid-request",
                query.substring(0, query.indexOf('=')));
    }

    @Test
    void aReaderIsToldAtOnceWhatHappens() throws Exception {
        try (var reader = new EventReader("")) {
            assertThat(reader.status()).isEqualTo(200);
            assertThat(reader.header("Content-Type")).startsWith("text/event-stream");
            String job = createdId(aJob());

            var created = reader.next("job.created");
            while (!created.data().get("jobId").textValue().equals(job)) {
                created = reader.next("job.created");
            }
            assertThat(created.data().get("id").textValue()).isEqualTo(created.id());
        }
    }

    @Test
    void aReaderGoesOnAfterTheLastEventItHas() throws Exception {
        String job = createdId(aJob());
        post(JOBS + "/{id}/pause", job);
        String first = of("jobId", job).getFirst().get("id").textValue();

        try (var reader = new EventReader("?jobId=" + job, "Last-Event-ID", first)) {
            assertThat(reader.next().kind()).isEqualTo("job.paused");
            post(JOBS + "/{id}/resume", job);
            assertThat(reader.next().kind()).isEqualTo("job.resumed");
        }
        try (var reader = new EventReader("?after=first&jobId=" + job)) {
            assertThat(reader.next().kind()).isEqualTo("job.created");
        }
    }

    @Test
    void aReaderThatNothingHasPassedGoesOnFromWhereItWas() throws Exception {
        String job = createdId(aJob());
        String place;
        try (var reader = new EventReader("?jobId=" + job)) {
            await().until(() -> !reader.place().isEmpty());
            place = reader.place();
        }
        post(JOBS + "/{id}/pause", job);

        try (var reader = new EventReader("?jobId=" + job, "Last-Event-ID", place)) {
            assertThat(reader.next().kind()).isEqualTo("job.paused");
        }
    }

    @Test
    void aBriefStreamSaysOnlyHowManyEventsThereAre() throws Exception {
        String job = createdId(aJob());
        post(JOBS + "/{id}/pause", job);

        try (var reader = new EventReader("?brief=true&after=first&jobId=" + job)) {
            var first = reader.next();
            assertThat(first.kind()).isEmpty();
            int told = first.data().intValue();
            while (told < 2) {
                told += reader.next().data().intValue();
            }
            assertThat(told).isEqualTo(2);
        }
    }

    @Test
    void aReaderThatMissedDroppedEventsIsTold() throws Exception {
        String early = "1-0";
        Database.change("update event_dropped set through = 2");
        try (var reader = new EventReader("?after=" + early)) {
            assertThat(reader.next().kind()).isEqualTo("gap");
        } finally {
            Database.change("update event_dropped set through = 0");
        }
    }

    @Test
    void manyReadersAreToldTheSame() throws Exception {
        var readers = new ArrayList<EventReader>();
        try {
            for (int reader = 0; reader < 50; reader++) {
                readers.add(new EventReader("?kind=job.created"));
            }
            String job = createdId(aJob());
            for (var reader : readers) {
                var created = reader.next();
                while (!created.data().get("jobId").textValue().equals(job)) {
                    created = reader.next();
                }
            }
        } finally {
            for (var reader : readers) {
                reader.close();
            }
        }
        nobodyReads();
    }

    @Test
    void whoLeavesAtOnceIsNoReader() throws Exception {
        var service = Api.service();
        var stream =
                """
                GET /api/v1/events HTTP/1.1\r
                Host: localhost\r
                Accept: text/event-stream\r
                \r
                """;
        for (int client = 0; client < 200; client++) {
            try (var socket = new Socket(service.getHost(), service.getPort())) {
                socket.getOutputStream().write(stream.getBytes(StandardCharsets.US_ASCII));
                // Resets the connection on close.
                socket.setSoLinger(true, 0);
            }
        }

        nobodyReads();
    }

    @Test
    void whoAsksForTheHeadOfAStreamIsNoReader() {
        given().header("Accept", "text/event-stream").head(EVENTS).then().statusCode(200);

        nobodyReads();
    }

    private static void nobodyReads() {
        await().atMost(Duration.ofSeconds(20))
                .until(
                        () -> get("/q/metrics").asString(),
                        containsString("carillon_events_readers 0.0"));
    }

    private static String now() {
        return page("after=now").get("next").textValue();
    }

    private static List<JsonNode> of(String filter, String id) {
        return all(filter + "=" + id);
    }

    private static List<String> kinds(String query) {
        return all(query).stream().map(item -> item.get("kind").textValue()).toList();
    }

    private static JsonNode page(String query) {
        return tree(get(EVENTS + "?" + query), 200);
    }

    /** Until the end of the log, whatever other tests have left in it. */
    private static List<JsonNode> all(String query) {
        var events = new ArrayList<JsonNode>();
        var page = page(query);
        page.get("items").forEach(events::add);
        while (page.get("more").booleanValue()) {
            page = page(query + "&after=" + page.get("next").textValue());
            page.get("items").forEach(events::add);
        }
        return events;
    }
}
