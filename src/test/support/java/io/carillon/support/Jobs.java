package io.carillon.support;

import static io.restassured.RestAssured.given;

import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** Creates and changes jobs through the API. */
public final class Jobs {
    private Jobs() {}

    /** A noop job under a name of its own, every hour, with {@code more} over it. */
    public static UUID create(Map<String, ?> more) {
        var job = new HashMap<String, Object>();
        job.put("name", "job-" + UUID.randomUUID());
        job.put("type", "noop");
        job.put("schedule", Map.of("every", "1h"));
        job.putAll(more);
        return UUID.fromString(
                given().contentType(ContentType.JSON)
                        .body(job)
                        .post("/api/v1/jobs")
                        .then()
                        .statusCode(201)
                        .extract()
                        .path("id"));
    }

    public static UUID create() {
        return create(Map.of());
    }

    public static Response post(String path, Object body) {
        return given().contentType(ContentType.JSON).body(body).post("/api/v1/jobs/" + path);
    }

    public static Response patch(UUID id, Object body) {
        return given().contentType(ContentType.JSON).body(body).patch("/api/v1/jobs/" + id);
    }

    public static Response delete(UUID id) {
        return given().delete("/api/v1/jobs/" + id);
    }
}
