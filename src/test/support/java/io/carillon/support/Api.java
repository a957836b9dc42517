package io.carillon.support;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.restassured.RestAssured;
import io.restassured.config.EncoderConfig;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The service's API as tests call it, and bodies to call it with. */
public final class Api {
    public static final String JOBS = "/api/v1/jobs";
    public static final String EXECUTIONS = "/api/v1/executions";

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final List<String> FINAL =
            List.of("SUCCEEDED", "FAILED", "CANCELLED", "SKIPPED");

    private Api() {}

    /** A name that no other test has. */
    public static String unique(String prefix) {
        return prefix + "-" + NAMES.incrementAndGet() + "-" + Long.toString(System.nanoTime(), 36);
    }

    /** The smallest job: on demand, of type noop, under a name of its own. */
    public static ObjectNode aJob() {
        return object().put("name", unique("job")).put("type", "noop");
    }

    public static ObjectNode aJob(String schedule) {
        return aJob().set("schedule", json(schedule));
    }

    public static ObjectNode aSubmission() {
        return object().put("type", "noop");
    }

    /** A submission of type http. */
    public static ObjectNode aCallOf(String url) {
        var call = object().put("type", "http");
        call.putObject("config").put("url", url);
        return call;
    }

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    public static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (IOException invalid) {
            throw new UncheckedIOException(invalid);
        }
    }

    /** Where the service listens, for clients that send what REST Assured would not. */
    public static URI service() {
        return URI.create("http://localhost:" + RestAssured.port);
    }

    public static RequestSpecification request() {
        return given().config(
                        RestAssured.config()
                                .encoderConfig(
                                        EncoderConfig.encoderConfig()
                                                .appendDefaultContentCharsetToContentTypeIfUndefined(
                                                        false)));
    }

    public static RequestSpecification body(JsonNode body) {
        return request().contentType(ContentType.JSON).body(body.toString());
    }

    public static RequestSpecification body(String body) {
        return request().contentType(ContentType.JSON).body(body);
    }

    public static Response get(String path, Object... parameters) {
        return request().get(path, parameters);
    }

    /** Posts nothing, as {@code curl -X POST} does. */
    public static Response post(String path, Object... parameters) {
        return request().noContentType().post(path, parameters);
    }

    /** Creates a job and returns it. */
    public static JsonNode created(ObjectNode job) {
        return tree(body(job).post(JOBS), 201);
    }

    /** Creates a job and returns its id. */
    public static String createdId(ObjectNode job) {
        return created(job).get("id").textValue();
    }

    /** Submits an execution and returns its id. */
    public static String submittedId(ObjectNode submission) {
        return tree(body(submission).post(EXECUTIONS), 202).get("id").textValue();
    }

    public static JsonNode execution(String id) {
        return tree(get(EXECUTIONS + "/{id}", id), 200);
    }

    /** Waits until an execution is final. */
    public static JsonNode ended(String id) {
        return ended(id, Duration.ofSeconds(15));
    }

    public static JsonNode ended(String id, Duration atMost) {
        return await().atMost(atMost)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> execution(id), it -> FINAL.contains(it.get("state").textValue()));
    }

    /** Waits until an execution is in this state. */
    public static JsonNode inState(String id, String state) {
        return await().atMost(Duration.ofSeconds(15))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> execution(id), it -> state.equals(it.get("state").textValue()));
    }

    /** Runs a job by hand and returns the execution as it was answered. */
    public static JsonNode triggered(String jobId, String run) {
        return tree(body(run).post(JOBS + "/{id}/trigger", jobId), 202);
    }

    /** The body of an answer that must have this status. */
    public static JsonNode tree(Response response, int status) {
        if (response.statusCode() != status) {
            throw new AssertionError(
                    "expected "
                            + status
                            + ": "
                            + response.statusLine()
                            + " "
                            + response.asString());
        }
        return json(response.asString());
    }
}
