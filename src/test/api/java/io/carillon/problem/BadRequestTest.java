package io.carillon.problem;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.request;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.support.Api;
import io.carillon.support.Problems;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths, methods, headers, parameters and sizes that no resource can serve. */
@QuarkusTest
class BadRequestTest {
    private static final int MEBIBYTE = 1 << 20;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nothing",
                "/api",
                "/api/v1",
                "/api/v1/nothing",
                "/api/v1/jobs/" + "00000000-0000-0000-0000-000000000000/nothing",
                "/q/nothing",
                "/api/v1/jobs/no-uuid",
                "/api/v1/jobs/no-uuid/schedule",
                "/api/v1/jobs/%00",
                "/api/v1/executions/no-uuid",
                "/api/v1/workers/no-uuid",
                "/api/v1/queues/no-such-queue",
                "/api/v1/queues/Not%20a%20name",
                "/api/v1/queues/%00",
                "/api/v1/executions/no-uuid/nothing"
            })
    void anUnknownPathIsNotFound(String path) {
        assertProblem(request().urlEncodingEnabled(false).get(path), 404, "not-found");
    }

    @Test
    void anUnknownIdIsNotFoundWhateverTheMethod() {
        for (var id : List.of(UUID.randomUUID(), new UUID(0x7000L | (1L << 63), -1))) {
            String path = JOBS + "/" + id;
            assertProblem(get(path), 404, "not-found");
            assertProblem(body(aJob()).put(path), 404, "not-found");
            assertProblem(body("{}").patch(path), 404, "not-found");
            assertProblem(request().delete(path), 404, "not-found");
            assertProblem(post(path + "/pause"), 404, "not-found");
            assertProblem(post(path + "/resume"), 404, "not-found");
            assertProblem(post(path + "/trigger"), 404, "not-found");
            assertProblem(post(path + "/restore"), 404, "not-found");
            assertProblem(get(path + "/schedule"), 404, "not-found");
            assertProblem(get(path + "/executions"), 404, "not-found");
            assertProblem(get(path + "/stats"), 404, "not-found");
            assertProblem(get(path + "/revisions"), 404, "not-found");
            assertProblem(post(path + "/revisions/0/restore"), 404, "not-found");
            assertProblem(get(path + "/why?at=2026-01-01T00:00:00Z"), 404, "not-found");
            assertProblem(
                    body("{\"from\": \"2026-01-01T00:00:00Z\", \"to\": \"2026-01-02T00:00:00Z\"}")
                            .post(path + "/backfill"),
                    404,
                    "not-found");
            assertProblem(get("/api/v1/workers/" + id), 404, "not-found");
            assertProblem(get("/api/v1/queues/" + id), 404, "not-found");
            assertProblem(post("/api/v1/queues/" + id + "/pause"), 404, "not-found");
            assertProblem(post("/api/v1/queues/" + id + "/resume"), 404, "not-found");
            String execution = EXECUTIONS + "/" + id;
            assertProblem(get(execution), 404, "not-found");
            assertProblem(body("{\"priority\": 1}").patch(execution), 404, "not-found");
            assertProblem(post(execution + "/cancel"), 404, "not-found");
            assertProblem(post(execution + "/replay"), 404, "not-found");
        }
    }

    @ParameterizedTest(name = "{0}?{1}={2}")
    @CsvSource({
        "jobs, page, 0",
        "jobs, page, 1.5",
        "jobs, page, 99999999999",
        "jobs, limit, 0",
        "jobs, limit, 101",
        "jobs, limit, ten",
        "jobs, enabled, yes",
        "jobs, deleted, maybe",
        "workers, all, maybe",
        "jobs, label, team",
        "jobs, label, =a",
        "jobs, label, a=%00",
        "jobs, q, %00",
        "jobs, namespace, %00",
        "jobs, type, a%00",
        "executions, state, LOST",
        "executions, jobId, 7",
        "executions, from, yesterday",
        "executions, to, 2026-13-01T00:00:00Z",
        "executions, limit, -1",
        "executions, cursor, x",
        "executions, namespace, %00",
        "executions, type, %00",
        "executions, queue, %00",
        "executions, label, team",
        "executions, label, =a",
        "executions, label, a=%00",
        "executions, label, a=1&label=a=2",
        "jobs/{id}/schedule, count, 1001",
        "jobs/{id}/schedule, from, 9999999-01-01T00:00:00Z",
        "jobs/{id}/executions, cursor, x",
        "jobs/{id}/executions, state, %00",
        "jobs/{id}/stats, from, 12",
        "jobs/{id}/stats, to, %00",
        "jobs/{id}/revisions, page, 0",
        "jobs/{id}/revisions, limit, 101",
        "jobs/{id}/why, at, now",
        "jobs/{id}/why, at, %00",
    })
    void aBadParameterIsNamed(String path, String name, String value) {
        String known = path.replace("{id}", createdId(aJob()));

        var response =
                request()
                        .urlEncodingEnabled(false)
                        .get("/api/v1/" + known + "?" + name + "=" + value);

        assertProblem(response, 400, "invalid-request", name);
    }

    /** Vert.x answers these before any route is asked, so without a document. */
    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/jobs?q=%zz", "/api/v1/jobs?%", "/api/v1/jobs/%zz", "/%zz"})
    void whatCannotBeDecodedIsRefused(String path) throws Exception {
        var answer = raw("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 400 ").doesNotContain("Exception");
    }

    @Test
    void anUnknownMethodIsNotAllowed() {
        assertProblem(request().delete(JOBS), 405, "method-not-allowed");
        assertProblem(request().put(EXECUTIONS), 405, "method-not-allowed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense", "text/", "application/json; charset"})
    void aContentTypeThatCannotBeReadIsNoFaultOfTheService(String contentType) {
        String path = JOBS + "/" + UUID.randomUUID() + "/pause";

        var response = request().header("Content-Type", contentType).post(path);

        assertThat(response.statusCode()).as(response.asString()).isBetween(400, 499);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/xml", "application/x-www-form-urlencoded"})
    void aBodyOfAnotherTypeIsUnsupported(String contentType) {
        var response = request().contentType(contentType).body("{}").post(JOBS);

        assertProblem(response, 415, "unsupported-media-type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", ";", "application/json; charset=nonsense"})
    void aContentTypeThatIsNoneIsRefused(String contentType) throws Exception {
        var answer =
                raw(
                        "POST /api/v1/jobs HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: "
                                + contentType
                                + "\r\nContent-Length: 2\r\n\r\n{}");

        assertThat(answer).matches("(?s)HTTP/1.1 4(00|15) .*").contains("application/problem+json");
    }

    @Test
    void whoAcceptsNoJsonIsToldSoInJson() {
        assertProblem(request().accept("text/html").get(JOBS), 406, "not-acceptable");
        assertProblem(
                request().accept("text/html").get(JOBS + "/" + UUID.randomUUID()),
                406,
                "not-acceptable");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "/", "a/b/c", "*/*;q=x"})
    void anAcceptHeaderThatIsNoneIsNoFault(String accept) throws Exception {
        var answer =
                raw(
                        "GET /api/v1/jobs HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAccept: "
                                + accept
                                + "\r\n\r\n");

        assertThat(answer).doesNotMatch("(?s)HTTP/1.1 5.*").contains("json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "W/\"0\"", "\"\"", "\"0\", \"1\"", "\"", "nonsense"})
    void aMalformedIfMatchIsRefused(String ifMatch) {
        String id = createdId(aJob());

        assertProblem(
                body(aJob()).header("If-Match", ifMatch).put(JOBS + "/{id}", id),
                400,
                "invalid-request",
                "If-Match");
        assertProblem(
                request().header("If-Match", ifMatch).delete(JOBS + "/{id}", id),
                400,
                "invalid-request",
                "If-Match");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"1\"", "\"-1\"", "\"another\"", "\"99999999999999999999\""})
    void aStaleIfMatchFails(String ifMatch) {
        String id = createdId(aJob());

        assertProblem(
                body(aJob()).header("If-Match", ifMatch).put(JOBS + "/{id}", id),
                412,
                "stale-version");
        assertProblem(
                body("{}").header("If-Match", ifMatch).patch(JOBS + "/{id}", id),
                412,
                "stale-version");
        assertProblem(
                request().header("If-Match", ifMatch).delete(JOBS + "/{id}", id),
                412,
                "stale-version");
    }

    @ParameterizedTest(name = "{0}, {1} bytes over the limit")
    @CsvSource({
        "jobs, -1",
        "jobs, 0",
        "executions, 0",
        "jobs/batch, 0",
        "executions/batch, 0",
        "executions/replay, 0"
    })
    void aBodyUpToTheLimitIsRead(String path, int over) throws Exception {
        byte[] body = blank(limitOf(path) + over);

        var announced = send(path, BodyPublishers.ofByteArray(body));
        var chunked = send(path, chunked(body));

        // What was read has no fields: that is what is wrong with it, not its size.
        assertThat(announced.statusCode()).as(announced.body()).isEqualTo(400);
        assertThat(chunked.statusCode()).as(chunked.body()).isEqualTo(400);
    }

    @ParameterizedTest(name = "{0}, {1} bytes over the limit")
    @CsvSource({
        "jobs, 1",
        "jobs, 5000000",
        "jobs, 40000000",
        "executions, 1",
        "executions/batch, 1",
        "executions/replay, 1",
        "jobs/batch, 1",
        "jobs/batch, 5000000"
    })
    void aBodyOverTheLimitIsTooLarge(String path, int over) throws Exception {
        byte[] body = blank(limitOf(path) + over);

        for (var response :
                List.of(send(path, BodyPublishers.ofByteArray(body)), send(path, chunked(body)))) {
            assertThat(response.statusCode()).as(response.body()).isEqualTo(413);
            assertThat(response.headers().firstValue("Content-Type")).hasValue(Problem.MEDIA_TYPE);
            var problem = Api.json(response.body());
            Problems.assertComplete(problem, 413, response.body());
            assertThat(problem.get("type").textValue()).endsWith(":body-too-large");
        }
    }

    /** Not by REST Assured, which takes seconds to send such a body. */
    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"config\":", "{\"a\":", "{\"config\":{\"a\":["})
    void tenThousandLevelsOfNestingAreRefused(String opening) throws Exception {
        var response = send("jobs", BodyPublishers.ofString(opening.repeat(10_000)));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        Problems.assertComplete(Api.json(response.body()), 400, response.body());
    }

    private static int limitOf(String path) {
        return path.endsWith("/batch") ? 32 * MEBIBYTE : MEBIBYTE;
    }

    /** An object without fields, padded to a length. */
    private static byte[] blank(int length) {
        byte[] body = " ".repeat(length).getBytes(StandardCharsets.US_ASCII);
        body[0] = '{';
        body[length - 1] = '}';
        return body;
    }

    private static BodyPublisher chunked(byte[] body) {
        return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
    }

    private HttpResponse<String> send(String path, BodyPublisher body)
            throws IOException, InterruptedException {
        try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            return client.send(
                    HttpRequest.newBuilder(Api.service().resolve("/api/v1/" + path))
                            .header("Content-Type", "application/json")
                            .POST(body)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    /** Sends what no HTTP client would, and reads to the end of the connection. */
    private String raw(String request) throws IOException {
        try (var socket = new java.net.Socket(Api.service().getHost(), Api.service().getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            InputStream answer = socket.getInputStream();
            return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
