package io.carillon.chaos;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Creates jobs and submits executions, and notes what was asked for and what was answered. */
final class Load {
    private static final Duration TICK = Duration.ofMillis(250);
    private static final int REQUESTS_A_NEW_JOB = 40;

    private final Client client;
    private final Target target;
    private final Jobs jobs;
    private final Random random;
    private final Instant endAt;
    private final Queue<Plan> plans = new ConcurrentLinkedQueue<>();
    private final Queue<Submission> submissions = new ConcurrentLinkedQueue<>();
    private final List<Submission> accepted = new ArrayList<>();
    private int requests;
    private int names;

    /** One execution of a request. */
    private record Wanted(
            String name,
            @Nullable Instant runAt,
            List<String> dependsOn,
            Map<String, Object> request) {
        Submission answered(Submission.Answer answer, @Nullable UUID id) {
            return new Submission(name, runAt, dependsOn, answer, id);
        }
    }

    /**
     * @param startAt first instant of all schedules
     * @param endAt last instant of all schedules, and the end of submissions
     */
    Load(Cluster cluster, long seed, Instant startAt, Instant endAt) {
        this.client = new Client(cluster.replicas());
        this.target = cluster.target();
        this.jobs = new Jobs(target, startAt, endAt);
        this.random = new Random(seed);
        this.endAt = endAt;
    }

    /** Creates the jobs with which a run begins. */
    void begin() {
        var first = jobs.first(random);
        first.forEach(this::create);
        if (plans.size() < first.size()) {
            throw new ChaosFailure("Not all of the first jobs were created");
        }
    }

    /** Submits until the end, then waits for the last answers. */
    void run() {
        try (var requesting = Executors.newVirtualThreadPerTaskExecutor()) {
            while (Instant.now().isBefore(endAt)) {
                request(requesting);
                Await.pause(TICK);
            }
        }
    }

    /** Jobs whose creation was answered with success. */
    List<Plan> plans() {
        return List.copyOf(plans);
    }

    List<Submission> submissions() {
        return List.copyOf(submissions);
    }

    private void request(ExecutorService requesting) {
        requests++;
        if (requests % REQUESTS_A_NEW_JOB == 0) {
            var job =
                    jobs.plain(
                            "late-" + requests,
                            random.nextBoolean() ? "AT_LEAST_ONCE" : "AT_MOST_ONCE",
                            random);
            requesting.execute(() -> create(job));
            return;
        }
        boolean isKeyed = random.nextInt(4) > 0;
        if (random.nextInt(4) == 0) {
            var batch = batch(isKeyed);
            requesting.execute(() -> submit(batch, isKeyed));
        } else {
            var single = wanted(dependencies());
            requesting.execute(() -> submit(single, isKeyed));
        }
    }

    private void create(Jobs.Wanted job) {
        var answer = client.postUntilAnswered("/jobs", job.request(), null);
        // A conflict comes from an earlier try of ours, whose answer was lost.
        if (answer != null && (answer.isSuccess() || answer.status() == 409)) {
            plans.add(job.plan());
        } else if (answer != null) {
            throw new ChaosFailure(job.plan().name() + " was refused: " + answer);
        }
    }

    private void submit(Wanted wanted, boolean isKeyed) {
        var answer =
                isKeyed
                        ? client.postUntilAnswered("/executions", wanted.request, wanted.name)
                        : client.post("/executions", wanted.request);
        if (answer == null) {
            submissions.add(wanted.answered(Submission.Answer.NONE, null));
        } else {
            note(wanted, answer.status(), answer.body().path("id").asText());
        }
    }

    private void submit(List<Wanted> batch, boolean isKeyed) {
        var body = Map.of("executions", batch.stream().map(Wanted::request).toList());
        var answer =
                isKeyed
                        ? client.postUntilAnswered("/executions/batch", body, null)
                        : client.post("/executions/batch", body);
        for (int index = 0; index < batch.size(); index++) {
            var wanted = batch.get(index);
            if (answer == null) {
                submissions.add(wanted.answered(Submission.Answer.NONE, null));
            } else {
                var item = answer.body().path("items").path(index);
                note(
                        wanted,
                        answer.isSuccess() ? item.path("status").asInt() : answer.status(),
                        item.path("id").asText());
            }
        }
    }

    private void note(Wanted wanted, int status, String id) {
        if (status < 300) {
            var submission = wanted.answered(Submission.Answer.ACCEPTED, UUID.fromString(id));
            submissions.add(submission);
            synchronized (accepted) {
                accepted.add(submission);
            }
        } else if (status < 500) {
            System.out.printf("chaos: %s was refused with %d%n", wanted.name, status);
            submissions.add(wanted.answered(Submission.Answer.REFUSED, null));
        } else {
            submissions.add(wanted.answered(Submission.Answer.NONE, null));
        }
    }

    /** Each may wait for one or two before it. */
    private List<Wanted> batch(boolean isKeyed) {
        var batch = new ArrayList<Wanted>();
        int size = random.nextInt(2, 7);
        for (int index = 0; index < size; index++) {
            var causes = new ArrayList<String>();
            for (int count = random.nextInt(3); count > 0 && index > 0; count--) {
                String cause = batch.get(random.nextInt(index)).name;
                if (!causes.contains(cause)) {
                    causes.add(cause);
                }
            }
            var wanted = wanted(Map.of());
            wanted.request.put("ref", wanted.name);
            wanted.request.put("dependsOn", causes);
            if (isKeyed) {
                wanted.request.put("idempotencyKey", wanted.name);
            }
            batch.add(new Wanted(wanted.name, wanted.runAt, causes, wanted.request));
        }
        return batch;
    }

    /** Names and ids of none to two that were accepted before. */
    private Map<String, String> dependencies() {
        var dependencies = new LinkedHashMap<String, String>();
        synchronized (accepted) {
            for (int count = random.nextInt(6) - 3; count > 0 && !accepted.isEmpty(); count--) {
                int back = random.nextInt(20);
                var cause = accepted.get(Math.max(0, accepted.size() - 1 - back));
                dependencies.put(cause.name(), String.valueOf(cause.id()));
            }
        }
        return dependencies;
    }

    private Wanted wanted(Map<String, String> dependencies) {
        String name = "s-" + ++names;
        String path =
                switch (random.nextInt(20)) {
                    case 0, 1 -> "/refuse/";
                    case 2, 3, 4 -> "/flaky/";
                    case 5 -> "/slow/";
                    default -> "/ok/";
                };
        var request = new LinkedHashMap<String, Object>();
        request.put("type", "http");
        request.put("config", Map.of("url", target.url(path + name)));
        request.put("timeout", Jobs.TIMEOUT);
        request.put("retry", Jobs.RETRY);
        request.put("delivery", random.nextInt(3) == 0 ? "AT_MOST_ONCE" : "AT_LEAST_ONCE");
        request.put("onDependencyFailure", random.nextInt(3) == 0 ? "RUN" : "CANCEL");
        request.put("dependsOn", List.copyOf(dependencies.values()));
        int delay = random.nextInt(5) == 0 ? random.nextInt(1, 20) : 0;
        @Nullable Instant runAt =
                delay == 0 ? null : Instant.now().plusSeconds(delay).truncatedTo(ChronoUnit.MILLIS);
        if (runAt != null) {
            request.put("runAt", runAt.toString());
        }
        return new Wanted(name, runAt, List.copyOf(dependencies.keySet()), request);
    }
}
