package com.example;

import com.example.carillon.ApiClient;
import com.example.carillon.ApiException;
import com.example.carillon.api.JobsApi;
import com.example.carillon.model.ExecutionState;
import com.example.carillon.model.JobConfig;
import com.example.carillon.model.JobRequest;
import com.example.carillon.model.NoopConfig;
import com.example.carillon.model.Schedule;
import com.example.carillon.model.ScheduleOrCron;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Creates a job with a client generated from the document, follows its executions until three have
 * succeeded, and deletes it. Takes where Carillon is, and its key, from {@code CARILLON_URL} and
 * {@code CARILLON_KEY}.
 */
public final class Follow {
    private static final int WANTED = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private Follow() {}

    public static void main(String[] arguments) throws ApiException, InterruptedException {
        var jobs = new JobsApi(client());
        var job =
                jobs.createJob(
                        new JobRequest()
                                .name("follow-" + UUID.randomUUID())
                                .type("noop")
                                .config(new JobConfig(new NoopConfig().message("done")))
                                .schedule(new ScheduleOrCron(new Schedule().every("1s")))
                                .labels(Map.of("made", "java")));
        System.out.println(job.getName() + " fires at " + job.getNextFireAt());
        var seen = new HashSet<UUID>();
        var end = Instant.now().plus(PATIENCE);
        while (seen.size() < WANTED) {
            if (Instant.now().isAfter(end)) {
                throw new IllegalStateException("only " + seen.size() + " in " + PATIENCE);
            }
            var page =
                    jobs.listJobExecutions(
                            job.getId(), null, null, 20, ExecutionState.SUCCEEDED, null);
            for (var execution : page.getItems()) {
                if (seen.add(execution.getId())) {
                    System.out.printf(
                            "%s %s attempt %d of %d%n",
                            execution.getScheduledAt(),
                            execution.getState(),
                            execution.getAttempt(),
                            execution.getMaxAttempts());
                }
            }
            Thread.sleep(200);
        }
        jobs.deleteJob(job.getId(), null);
    }

    private static ApiClient client() {
        var client = new ApiClient();
        client.updateBaseUri(
                Optional.ofNullable(System.getenv("CARILLON_URL")).orElse("http://localhost:8080"));
        var key = System.getenv("CARILLON_KEY");
        if (key != null) {
            client.setRequestInterceptor(it -> it.header("Authorization", "Bearer " + key));
        }
        return client;
    }
}
