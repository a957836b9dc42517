package io.carillon.execution.statistics;

import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.triggered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Metrics of the first two jobs by namespace and name, and of all others together. */
@QuarkusTest
@TestProfile(JobMetricsTest.OfTwoJobs.class)
class JobMetricsTest {
    /** Before those of all other tests. */
    private static final String NAMESPACE = "0-metrics";

    @Inject JobWatch watch;

    private String first = "";
    private String second = "";
    private String third = "";

    /** Switches metrics by job on. */
    public static final class OfTwoJobs implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("carillon.metrics.per-job", "2");
        }
    }

    @AfterEach
    void noJobs() {
        for (String job : List.of(first, second, third)) {
            request().delete(JOBS + "/{id}", job);
        }
    }

    @Test
    void theFirstJobsHaveTheirOwnSeriesAndTheOthersShareOne() {
        first = createdId(job("a"));
        second = createdId(failing(job("b")));
        third = createdId(job("c"));
        watch.runOnce();
        runs(first);
        runs(second);
        runs(third);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () ->
                                assertThat(series("carillon_job_executions_total"))
                                        .contains(
                                                "job=\"a\",job_namespace=\"0-metrics\",outcome=\"SUCCEEDED\"",
                                                "job=\"b\",job_namespace=\"0-metrics\",outcome=\"FAILED\"",
                                                "job=\"(others)\",job_namespace=\"(others)\",outcome=\"SUCCEEDED\"")
                                        .noneMatch(labels -> labels.contains("job=\"c\"")));
        watch.runOnce();

        assertThat(series("carillon_job_last_success_timestamp_seconds"))
                .containsExactly("job=\"a\",job_namespace=\"0-metrics\"");
        assertThat(series("carillon_job_last_failure_timestamp_seconds"))
                .containsExactly("job=\"b\",job_namespace=\"0-metrics\"");

        request().delete(JOBS + "/{id}", first);
        watch.runOnce();

        assertThat(series("carillon_job_executions_total"))
                .as("a deleted job leaves none behind")
                .noneMatch(labels -> labels.contains("job=\"a\""));
        assertThat(series("carillon_job_last_success_timestamp_seconds"))
                .containsExactly("job=\"c\",job_namespace=\"0-metrics\"");
    }

    private static ObjectNode job(String name) {
        return aJob().put("name", name).put("namespace", NAMESPACE);
    }

    private static ObjectNode failing(ObjectNode job) {
        job.putObject("config").put("failures", 1);
        job.putObject("retry").put("maxAttempts", 1);
        return job;
    }

    private static void runs(String job) {
        ended(triggered(job, "{}").get("id").textValue());
    }

    /** The labels of a metric's series. */
    private static List<String> series(String metric) {
        return request()
                .accept("text/plain")
                .get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith(metric + "{"))
                .map(line -> line.substring(metric.length() + 1, line.indexOf('}')))
                .map(labels -> labels.replaceFirst(",$", ""))
                .toList();
    }
}
