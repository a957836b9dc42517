package io.carillon.remote;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.tree;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.restassured.response.Response;
import java.util.List;
import java.util.stream.StreamSupport;

/** A remote worker that does what a test tells it, and nothing by itself. */
record TestWorker(String id) {
    private static final String WORKERS = "/api/v1/workers";

    /** Registers with a capacity of ten. */
    static TestWorker of(String... tasks) {
        return of(aWorker(tasks));
    }

    static TestWorker of(ObjectNode registration) {
        return new TestWorker(tree(body(registration).post(WORKERS), 201).get("id").textValue());
    }

    static ObjectNode aWorker(String... tasks) {
        var registration = object().put("name", "test").put("capacity", 10);
        List.of(tasks).forEach(registration.putArray("tasks")::add);
        return registration;
    }

    /** A submission of type custom. */
    static ObjectNode aTask(String task) {
        var submission = object().put("type", "custom");
        submission.putObject("config").put("task", task).put("payload", "of " + task);
        return submission;
    }

    Response claiming(int slots, String waitFor) {
        return body(object().put("slots", slots).put("waitFor", waitFor))
                .post(WORKERS + "/{id}/claim", id);
    }

    /** What it is given without waiting. */
    List<JsonNode> claim(int slots) {
        return claim(slots, "0s");
    }

    List<JsonNode> claim(int slots, String waitFor) {
        return list(tree(claiming(slots, waitFor), 200).get("executions"));
    }

    Response beating(List<String> held) {
        var heartbeat = object();
        held.forEach(heartbeat.putArray("executions")::add);
        return body(heartbeat).post(WORKERS + "/{id}/heartbeat", id);
    }

    JsonNode beat(String... held) {
        return tree(beating(List.of(held)), 200);
    }

    Response complete(JsonNode claimed) {
        return complete(id(claimed), epoch(claimed));
    }

    Response complete(String execution, long epoch) {
        return body(said(epoch).set("result", json("{\"done\": true}")))
                .post(EXECUTIONS + "/{id}/complete", execution);
    }

    Response fail(JsonNode claimed) {
        return fail(claimed, "{}");
    }

    /**
     * @param more other fields of the body
     */
    Response fail(JsonNode claimed, String more) {
        var failure = said(epoch(claimed)).put("code", "TOLD_TO").put("message", "by a test");
        return body(failure.setAll((ObjectNode) json(more)))
                .post(EXECUTIONS + "/{id}/fail", id(claimed));
    }

    Response progress(JsonNode claimed, String more) {
        return body(said(epoch(claimed)).setAll((ObjectNode) json(more)))
                .post(EXECUTIONS + "/{id}/progress", id(claimed));
    }

    Response leave() {
        return request().noContentType().delete(WORKERS + "/{id}", id);
    }

    private ObjectNode said(long epoch) {
        return object().put("workerId", id).put("epoch", epoch);
    }

    static String id(JsonNode claimed) {
        return claimed.get("id").textValue();
    }

    static long epoch(JsonNode claimed) {
        return claimed.get("epoch").longValue();
    }

    static List<JsonNode> list(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }
}
