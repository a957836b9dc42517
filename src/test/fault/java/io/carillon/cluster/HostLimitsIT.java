package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carillon.support.HttpTarget;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Limits of a host hold over all replicas, and a replica that dies leaves its places to others. */
class HostLimitsIT {
    private static final int CALLS = 12;
    private static final Map<String, String> SETTINGS =
            Map.of(
                    "CARILLON_OUTGOING_LIMITS_FEW", "127.0.0.1 concurrent=3",
                    "CARILLON_OUTGOING_LIMITS_FAILING", "localhost pause-after=3 pause=5m",
                    // So that both replicas get some of a few executions.
                    "CARILLON_WORKER_CAPACITY", "6");

    @Test
    void aHostHasItsCallsOverAllReplicasAndAKillFreesPlaces() throws Exception {
        try (var postgres = new TestPostgres();
                var first = Replica.start(postgres, SETTINGS, List.of()).awaitReady();
                var second = Replica.start(postgres, SETTINGS, List.of()).awaitReady();
                var target = HttpTarget.start().holdsItsAnswers();
                var ledger = new Ledger(postgres)) {
            var api = new Api(second);
            submit(api, target.url("/"), CALLS);
            await().until(() -> target.calls().size() == 3);
            // All others have asked for a place, and got none.
            await().until(() -> heldBack(ledger, "HOST_BUSY") == CALLS - 3);
            assertThat(target.calls()).hasSize(3);
            assertThat(places(ledger, target)).isEqualTo(3);

            first.kill();

            // Its places are free at once, its executions run again, and no place was lost.
            target.letGo(3 * CALLS);
            await().atMost(Duration.ofSeconds(90))
                    .until(
                            () ->
                                    ledger.count(
                                                    "select count(*) from execution where state = 'SUCCEEDED'")
                                            == CALLS);
            await().until(() -> places(ledger, target) == 0);
        }
    }

    @Test
    void aHostThatOneReplicaHasPausedIsCalledByNone() throws Exception {
        try (var postgres = new TestPostgres();
                var first = Replica.start(postgres, SETTINGS, List.of()).awaitReady();
                var target = HttpTarget.start().answers(503);
                var ledger = new Ledger(postgres)) {
            String url = target.url("/").replace("127.0.0.1", "localhost");
            submit(new Api(first), url, 3);
            await().until(() -> ledger.count("select count(*) from host_pause") == 1);
            int calls = target.calls().size();
            first.stop();

            try (var second = Replica.start(postgres, SETTINGS, List.of()).awaitReady()) {
                submit(new Api(second), url, 5);
                await().until(() -> heldBack(ledger, "HOST_PAUSED") >= 5);
                assertThat(target.calls()).hasSize(calls);
                assertThat(
                                ledger.count(
                                        "select count(*) from host_pause where host = '%s'"
                                                .formatted(URI.create(url).getAuthority())))
                        .isOne();
            }
        }
    }

    private static void submit(Api api, String url, int count) throws Exception {
        var call =
                Map.of(
                        "type",
                        "http",
                        "timeout",
                        "2m",
                        "retry",
                        Map.of("maxAttempts", 5, "delay", "1h"),
                        "config",
                        Map.of("url", url));
        assertThat(
                        api.post(
                                        "/executions/batch",
                                        Map.of("executions", Collections.nCopies(count, call)))
                                .status())
                .isLessThan(300);
    }

    private static long heldBack(Ledger ledger, String code) throws Exception {
        return ledger.count(
                "select count(*) from execution where state = 'RETRYING' and attempt = 0 and error ->> 'code' = '%s'"
                        .formatted(code));
    }

    /** Counts the locks whose keys begin like those of the host. */
    private static long places(Ledger ledger, HttpTarget target) throws Exception {
        return ledger.count(
                """
                select count(*) from pg_locks
                where locktype = 'advisory' and granted
                  and (classid::bigint << 32 | objid::bigint) & -1024
                      = ('x' || left(encode(sha256('carillon.host %s'), 'hex'), 16))::bit(64)::bigint & -1024
                """
                        .formatted(URI.create(target.url("/")).getAuthority()));
    }
}
