package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Replicas that only answer, only fire or only work, and what each leaves to the others. */
class RolesIT {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @Test
    void eachReplicaDoesItsPartAndNoOther() throws Exception {
        try (var postgres = new TestPostgres();
                var ledger = new Ledger(postgres);
                var answering = start(postgres, "API").awaitReady()) {
            var api = new Api(answering);
            var jobId =
                    UUID.fromString(
                            api.post(
                                            "/jobs",
                                            Map.of(
                                                    "name",
                                                    "bell",
                                                    "schedule",
                                                    Map.of("every", "1s"),
                                                    "type",
                                                    "noop"))
                                    .body()
                                    .path("id")
                                    .asText());
            String submitted =
                    api.post(
                                    "/executions",
                                    Map.of("type", "noop", "config", Map.of("sleep", "60s")))
                            .body()
                            .path("id")
                            .asText();
            try (var working = start(postgres, "WORKER").awaitReady()) {
                Awaitility.await().until(() -> state(api, submitted).equals("RUNNING"));
                assertThat(ledger.rows(jobId)).as("nothing fires yet").isEmpty();
                assertOnlyOperates(working);
                var workers = api.get("/workers").body().path("items");
                assertThat(workers).hasSize(1);
                assertThat(workers.get(0).path("roles").toString()).isEqualTo("[\"WORKER\"]");

                try (var firing = start(postgres, "FIRING").awaitReady()) {
                    assertOnlyOperates(firing);
                    Awaitility.await()
                            .atMost(Duration.ofSeconds(30))
                            .until(() -> ledger.states().getOrDefault("SUCCEEDED", 0L) >= 2);
                    assertThat(api.get("/workers").body().path("items"))
                            .as("one that only fires is no worker")
                            .hasSize(1);

                    working.kill();

                    // The one that fires takes back what the dead one ran; nobody is left to run
                    // it.
                    Awaitility.await()
                            .atMost(Duration.ofSeconds(30))
                            .until(() -> state(api, submitted).equals("QUEUED"));
                    assertThat(api.get("/workers").body().path("items")).isEmpty();
                    assertThat(api.get("/workers?all=true").body().at("/items/0/state").asText())
                            .isEqualTo("FAILED");
                }
            }
        }
    }

    private static Replica start(TestPostgres postgres, String role) {
        return Replica.start(
                postgres,
                Map.of(
                        "CARILLON_API_ENABLED", Boolean.toString(role.equals("API")),
                        "CARILLON_FIRING_ENABLED", Boolean.toString(role.equals("FIRING")),
                        "CARILLON_WORKER_ENABLED", Boolean.toString(role.equals("WORKER"))),
                List.of());
    }

    private static String state(Api api, String execution) throws IOException {
        return api.get("/executions/" + execution).body().path("state").asText();
    }

    private static void assertOnlyOperates(Replica replica) throws Exception {
        for (String path : List.of("/", "/api/v1/jobs", "/api/v1/nothing", "//api/v1/jobs")) {
            var answer = get(replica, path);
            assertThat(answer.statusCode()).as(path).isEqualTo(404);
            assertThat(answer.headers().firstValue("Content-Type"))
                    .as(path)
                    .hasValue("application/problem+json");
        }
        for (String path :
                List.of("/q/health/started", "/q/health/ready", "/q/health/live", "/q/metrics")) {
            assertThat(get(replica, path).statusCode()).as(path).isEqualTo(200);
        }
    }

    private static HttpResponse<String> get(Replica replica, String path) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(replica.uri(path)).timeout(Duration.ofSeconds(10)).build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
