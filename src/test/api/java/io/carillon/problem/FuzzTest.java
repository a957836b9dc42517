package io.carillon.problem;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.aSubmission;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.submittedId;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.carillon.support.Api;
import io.carillon.support.Hostile;
import io.carillon.support.Problems;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Requests that are almost right, on every endpoint, for some seconds: whatever is sent, the answer
 * is no fault of the service, and a refusal is a problem document of a known kind. Says its seed
 * when it fails.
 */
@QuarkusTest
class FuzzTest {
    /** The server refuses a request line of over 4,096 bytes before Carillon sees it. */
    private static final int LONGEST_QUERY = 3_900;

    /** A query parameter that no operation has: whatever else is sent, it is a 400. */
    private static final String UNKNOWN = "nonsense";

    private static final Duration BUDGET = Duration.ofSeconds(6);
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Set<String> TYPES =
            Arrays.stream(ProblemKind.values()).map(ProblemKind::type).collect(Collectors.toSet());

    private static final String JOB =
            """
            {"name": "NAME", "description": "d", "namespace": "fuzz",
             "schedule": {"cron": "0 9 * * 1", "timeZone": "Europe/Paris", "startAt": "2030-01-01T00:00:00Z",
                          "endAt": "2090-01-01T00:00:00Z", "dst": {"gap": "SKIP", "overlap": "BOTH"},
                          "exclude": ["fuzz"], "jitter": "5m", "maxRuns": 7},
             "type": "http", "config": {"method": "POST", "url": "http://127.0.0.1:1/", "headers": {"a": "b"},
                                        "body": {"c": [1, {"d": null}]}, "expectedStatuses": ["2xx"],
                                        "onStatus": {"500-503": "RETRY", "410": "FAIL"}},
             "queue": "fuzz", "priority": 7, "timeout": "30s",
             "retry": {"maxAttempts": 1, "backoff": "LINEAR", "delay": "1s", "maxDelay": "5m", "jitter": 0.2},
             "delivery": "AT_LEAST_ONCE", "misfire": "FIRE_ALL", "catchUpWindow": "24h", "catchUpLimit": 5,
             "overlap": "QUEUE_ONE", "weight": 2, "startDeadline": "10m",
             "after": {"jobId": "FIRST", "on": "ANY"}, "labels": {"team": "sales"}, "enabled": false}
            """;
    private static final String SUBMISSION =
            """
            {"namespace": "fuzz", "type": "noop", "config": {"message": "m", "failures": 0, "sleep": "0s"},
             "queue": "fuzz", "priority": 7, "runAt": "2190-01-01T00:00:00Z", "timeout": "30s",
             "retry": {"maxAttempts": 1, "backoff": "FIXED", "delay": "1s", "jitter": 0},
             "delivery": "AT_MOST_ONCE", "weight": 3, "startDeadline": "10m",
             "dependsOn": ["EXECUTION", "EXECUTION"], "onDependencyFailure": "RUN", "ref": "r",
             "idempotencyKey": "NAME", "labels": {"team": "sales"}}
            """;
    private static final String REPLAY =
            """
            {"filter": {"jobId": "EXECUTION", "namespace": "fuzz", "type": "noop", "queue": "fuzz",
                        "errorCode": "NOOP_FAILURE", "from": "2026-01-01T00:00:00Z", "to": "2190-01-01T00:00:00Z"}}
            """;
    private static final String PREVIEW =
            """
            {"schedule": {"cron": "H 9 * * 1", "timeZone": "Europe/Paris", "exclude": ["fuzz"], "jitter": "5m",
                          "maxRuns": 7}, "from": "2030-01-01T00:00:00Z", "count": 3, "namespace": "fuzz"}
            """;
    private static final String CALENDAR =
            """
            {"description": "d", "timeZone": "Europe/Paris",
             "entries": [{"name": "n", "date": "2030-01-01"}, {"yearly": "12-25", "from": "2026-01-01", "to": "2030-01-01"},
                         {"days": ["SAT", "SUN"], "time": {"from": "22:00", "to": "06:00"}}]}
            """;
    private static final String CRONTAB =
            """
            {"crontab": "CRON_TZ=Europe/Paris\\n# NAME\\n1 2 * * * root run %in\\n@daily root x\\n", "userColumn": true,
             "timeZone": "UTC", "namespace": "fuzz",
             "template": {"type": "noop", "config": {"message": "{{command}}"}, "enabled": false}}
            """;
    private static final String MANIFEST =
            """
            {"kubernetes": "{kind: CronJob, metadata: {name: NAME, labels: {a: b}}, spec: {schedule: '@daily'}}",
             "namespace": "fuzz", "template": {"type": "noop", "enabled": false}}
            """;
    private static final String LIMITS =
            """
            {"maxConcurrent": 3, "ratePerSecond": 2.5, "maxDepth": 100}
            """;
    private static final String BACKFILL =
            """
            {"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}
            """;
    private static final List<String> PARAMETERS =
            List.of(
                    "namespace",
                    "type",
                    "enabled",
                    "label",
                    "q",
                    "page",
                    "limit",
                    "state",
                    "jobId",
                    "queue",
                    "from",
                    "to",
                    "cursor",
                    "at",
                    "count",
                    "atomic",
                    "dryRun",
                    "deleted",
                    "all",
                    UNKNOWN);

    private record Endpoint(String method, String path, String body) {}

    @Test
    void noRequestIsAFaultAndEveryRefusalIsAProblem() throws Exception {
        long seed = Long.getLong("fuzz.seed", 1);
        var random = new Random(seed);
        String id = createdId(aJob().put("namespace", "fuzz"));
        Api.body(CALENDAR).put("/api/v1/calendars/fuzz?namespace=fuzz").then().statusCode(201);
        String first = createdId(aJob().put("namespace", "fuzz"));
        String waiting = waiting();
        String ended = waiting();
        post(EXECUTIONS + "/{id}/cancel", ended);
        var endpoints =
                List.of(
                        new Endpoint("POST", "jobs", JOB),
                        new Endpoint("PUT", "jobs/" + id, JOB.replace("NAME", "n" + id)),
                        new Endpoint("PATCH", "jobs/" + id, JOB.replace("NAME", "n" + id)),
                        new Endpoint("POST", "jobs/batch", "{\"jobs\": [" + JOB + "," + JOB + "]}"),
                        new Endpoint("POST", "jobs/batch?atomic=true", "{\"jobs\": [" + JOB + "]}"),
                        new Endpoint("POST", "jobs/" + id + "/pause", "{\"note\": \"n\"}"),
                        new Endpoint("POST", "jobs/" + id + "/resume", "{\"catchUp\": \"SKIP\"}"),
                        new Endpoint(
                                "POST",
                                "jobs/" + id + "/resume?dryRun=true",
                                "{\"catchUp\": \"FIRE_ALL\"}"),
                        new Endpoint("POST", "jobs/" + id + "/backfill?dryRun=true", BACKFILL),
                        new Endpoint("POST", "jobs/" + id + "/revisions/0/restore", "{}"),
                        new Endpoint("POST", "schedules/preview", PREVIEW),
                        new Endpoint("PUT", "calendars/fuzz?namespace=fuzz", CALENDAR),
                        new Endpoint("POST", "jobs/import?dryRun=true", CRONTAB),
                        new Endpoint("POST", "jobs/import", MANIFEST),
                        new Endpoint("POST", "jobs/" + id + "/restore", "{}"),
                        new Endpoint("PUT", "queues/fuzz-limits", LIMITS),
                        new Endpoint("POST", "queues/fuzz-limits/pause", "{\"note\": \"n\"}"),
                        new Endpoint("POST", "queues/fuzz-limits/resume", "{}"),
                        // Of no worker that exists.
                        new Endpoint(
                                "POST",
                                "workers/scale",
                                "{\"capacity\": 5, \"workerId\": \"" + id + "\"}"),
                        new Endpoint(
                                "POST",
                                "jobs/" + id + "/trigger",
                                "{\"config\": {\"message\": \"m\"}, \"overlap\": \"ALLOW\","
                                        + " \"scheduledAt\": \"2026-01-01T00:00:00Z\"}"),
                        new Endpoint("POST", "executions", SUBMISSION),
                        new Endpoint(
                                "POST",
                                "executions/batch",
                                "{\"executions\": [" + SUBMISSION + "," + SUBMISSION + "]}"),
                        new Endpoint(
                                "PATCH",
                                "executions/" + waiting,
                                "{\"priority\": 3, \"runAt\": \"2190-01-01T00:00:00Z\"}"),
                        new Endpoint("POST", "executions/" + waiting + "/cancel", "{}"),
                        new Endpoint("POST", "executions/" + ended + "/replay", "{}"),
                        new Endpoint("POST", "executions/replay", REPLAY),
                        new Endpoint("POST", "executions/dismiss", REPLAY),
                        new Endpoint(
                                "POST",
                                "executions/reopen",
                                REPLAY.strip().replaceFirst("}$", "")
                                        + ", \"dismissedAt\": \"2030-01-01T00:00:00Z\"}"));
        var listings =
                List.of(
                        "jobs",
                        "executions",
                        "jobs/" + id,
                        "jobs/" + id + "/schedule",
                        "jobs/" + id + "/executions",
                        "jobs/" + id + "/stats",
                        "forecast",
                        "calendars",
                        "calendars/fuzz",
                        "queues",
                        "queues/fuzz",
                        "workers",
                        "workers/" + id,
                        "jobs/" + id + "/revisions",
                        "jobs/" + id + "/why");
        long deadline = System.nanoTime() + BUDGET.toNanos();
        int refused = 0;
        int requests = 0;
        try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (; System.nanoTime() < deadline; requests++) {
                HttpRequest request;
                String body = "";
                boolean isUnknown = false;
                if (random.nextInt(3) == 0) {
                    request = get(pick(random, listings), random);
                    isUnknown = request.uri().getRawQuery().contains(UNKNOWN + "=");
                } else {
                    var endpoint = pick(random, endpoints);
                    isUnknown = random.nextInt(10) == 0;
                    body =
                            Hostile.body(
                                            MAPPER.readTree(
                                                    endpoint.body.replace(
                                                            "NAME", UUID.randomUUID().toString())),
                                            random)
                                    .replace("FIRST", first)
                                    .replace("EXECUTION", waiting);
                    request = request(endpoint, body, isUnknown);
                }
                var response = client.send(request, HttpResponse.BodyHandlers.ofString());
                String described =
                        "seed %d: %s %s\n%s\n%d %s"
                                .formatted(
                                        seed,
                                        request.method(),
                                        request.uri(),
                                        body.substring(0, Math.min(body.length(), 3000)),
                                        response.statusCode(),
                                        response.body());
                refused += check(response, described);
                if (isUnknown) {
                    assertThat(response.statusCode()).as(described).isEqualTo(400);
                }
            }
        } finally {
            // A mutation that lost its workerId has scaled every worker.
            Api.body("{\"capacity\": 100}").post("/api/v1/workers/scale");
        }
        assertThat(requests).isGreaterThan(50);
        assertThat(refused).isBetween(requests / 10, requests - 1);
    }

    private static String waiting() {
        var submission =
                aSubmission().put("namespace", "fuzz").put("runAt", "2190-01-01T00:00:00Z");
        return submittedId(submission);
    }

    private static int check(HttpResponse<String> response, String described) {
        int status = response.statusCode();
        assertThat(status).as(described).isLessThan(500);
        if (status < 400) {
            return 0;
        }
        assertThat(response.headers().firstValue("Content-Type"))
                .as(described)
                .hasValue(Problem.MEDIA_TYPE);
        // What the client wrote is repeated to it; the words below are not among it.
        var problem = Api.json(response.body());
        Problems.assertComplete(problem, status, described);
        assertThat(problem.get("type").textValue()).as(described).isIn(TYPES);
        return 1;
    }

    private HttpRequest get(String path, Random random) {
        var query = new StringBuilder("?");
        for (int count = random.nextInt(4); count > 0; count--) {
            String value = Hostile.text(random);
            String encoded =
                    URLEncoder.encode(
                            value.substring(0, Math.min(value.length(), 500)),
                            StandardCharsets.UTF_8);
            if (query.length() + encoded.length() < LONGEST_QUERY) {
                query.append(pick(random, PARAMETERS)).append('=').append(encoded).append('&');
            }
        }
        return HttpRequest.newBuilder(Api.service().resolve("/api/v1/" + path + query)).build();
    }

    private HttpRequest request(Endpoint endpoint, String body, boolean isUnknown) {
        String more = isUnknown ? (endpoint.path.contains("?") ? "&" : "?") + UNKNOWN + "=1" : "";
        return HttpRequest.newBuilder(Api.service().resolve("/api/v1/" + endpoint.path + more))
                .header("Content-Type", "application/json")
                .method(endpoint.method, BodyPublishers.ofString(body))
                .build();
    }

    private static <T> T pick(Random random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
