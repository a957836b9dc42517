package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * A target that takes requests and answers none, with more calls to it than a replica has slots.
 */
class SlowTargetIT {
    private static final int CALLS = 100;
    private static final int OTHERS = 20;
    private static final Map<String, String> SETTINGS = Map.of("CARILLON_WORKER_CAPACITY", "20");

    @Test
    void aQueueWithALimitLeavesRoomForOthersWhileItsTargetHangs() throws Exception {
        try (var postgres = new TestPostgres();
                var replica = Replica.start(postgres, SETTINGS, List.of()).awaitReady();
                var target = new SoakTarget();
                var ledger = new Ledger(postgres)) {
            var api = new Api(replica);
            assertThat(api.put("/queues/slow", Map.of("maxConcurrent", 10)).status())
                    .isLessThan(300);
            submit(api, target, "slow", "hangs", CALLS);
            Awaitility.await().until(() -> running(ledger) == 10);

            submit(api, target, "default", "ok", OTHERS);

            awaitEnded(ledger, "default", "SUCCEEDED", OTHERS);
            assertThat(ledger.count("select count(*) from execution where state = 'QUEUED'"))
                    .as("calls of the slow target that wait meanwhile")
                    .isPositive();
            assertThat(running(ledger)).isLessThanOrEqualTo(10);
            // Each ends at its timeout, and frees its slot for the next.
            awaitEnded(ledger, "slow", "FAILED", CALLS);
            assertThat(
                            ledger.counts(
                                    "select error ->> 'code', count(*) from execution where queue = 'slow' group by 1"))
                    .isEqualTo(Map.of("TIMEOUT", (long) CALLS));
            assertThat(replica.isReady()).isTrue();
        }
    }

    private static long running(Ledger ledger) throws Exception {
        return ledger.count("select count(*) from execution where state = 'RUNNING'");
    }

    private static void submit(Api api, SoakTarget target, String queue, String path, int count)
            throws Exception {
        var executions =
                IntStream.range(0, count)
                        .mapToObj(
                                index ->
                                        Map.of(
                                                "type",
                                                "http",
                                                "queue",
                                                queue,
                                                "timeout",
                                                "1s",
                                                "retry",
                                                Map.of("maxAttempts", 1),
                                                "config",
                                                Map.of("url", target.url(path))))
                        .collect(Collectors.toList());
        assertThat(api.post("/executions/batch", Map.of("executions", executions)).status())
                .isLessThan(300);
    }

    private static void awaitEnded(Ledger ledger, String queue, String state, int count) {
        Awaitility.await("%d %s in %s".formatted(count, state, queue))
                .atMost(Duration.ofSeconds(90))
                .until(
                        () ->
                                ledger.count(
                                                "select count(*) from execution where queue = '%s' and state = '%s'"
                                                        .formatted(queue, state))
                                        == count);
    }
}
