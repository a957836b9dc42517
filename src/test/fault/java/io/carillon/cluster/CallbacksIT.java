package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What awaits an answer outlives every replica, and any replica takes the answer. */
class CallbacksIT {
    private static final int ANSWERED = 20;
    private static final int UNANSWERED = 5;
    private static final Map<String, String> CONFIGURATION =
            Map.of("CARILLON_CALLBACKS_BASE_URL", "https://jobs.example.com");

    private final List<String> asked = new CopyOnWriteArrayList<>();

    @Test
    void anAnswerIsTakenAfterTheReplicaThatAskedWasKilled() throws Exception {
        var target =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        target.createContext(
                "/",
                exchange -> {
                    asked.add(
                            exchange.getRequestURI().getPath()
                                    + " "
                                    + exchange.getRequestHeaders().getFirst("Carillon-Callback"));
                    exchange.sendResponseHeaders(202, -1);
                    exchange.close();
                });
        target.start();
        try (var postgres = new TestPostgres();
                var ledger = new Ledger(postgres)) {
            try (var victim = Replica.start(postgres, CONFIGURATION, List.of()).awaitReady()) {
                var api = new Api(victim);
                String url = "http://127.0.0.1:" + target.getAddress().getPort();
                for (int index = 0; index < ANSWERED; index++) {
                    submit(api, url + "/answered", "5m");
                }
                for (int index = 0; index < UNANSWERED; index++) {
                    submit(api, url + "/unanswered", "3s");
                }
                await(
                        ledger,
                        "select count(*) from execution where state = 'AWAITING'",
                        ANSWERED + UNANSWERED);
                victim.kill();
            }
            try (var survivor = Replica.start(postgres, CONFIGURATION, List.of()).awaitReady()) {
                var api = new Api(survivor);
                for (var call : asked) {
                    if (call.startsWith("/answered ")) {
                        for (int time = 0; time < 2; time++) {
                            assertThat(api.post(pathOf(call) + "/complete", null).status())
                                    .isEqualTo(200);
                        }
                    }
                }
                await(ledger, "select count(*) from execution where finished_at is null", 0);
                assertThat(
                                ledger.count(
                                        "select count(*) from execution where state = 'SUCCEEDED' and attempt = 1"))
                        .isEqualTo(ANSWERED);
                assertThat(
                                ledger.count(
                                        "select count(*) from execution where error ->> 'code' = 'NO_ANSWER'"))
                        .isEqualTo(UNANSWERED);
                assertThat(asked).as("each was called once").hasSize(ANSWERED + UNANSWERED);
            }
        } finally {
            target.stop(0);
        }
    }

    private static void submit(Api api, String url, String within) throws Exception {
        var answer =
                api.post(
                        "/executions",
                        Map.of(
                                "type",
                                "http",
                                "delivery",
                                "AT_MOST_ONCE",
                                "config",
                                Map.of("url", url, "callback", Map.of("within", within))));
        assertThat(answer.status()).isEqualTo(202);
    }

    private static String pathOf(String call) {
        return URI.create(call.substring(call.indexOf(' ') + 1))
                .getPath()
                .replaceFirst("^/api/v1", "");
    }

    private static void await(Ledger ledger, String count, long expected) {
        Awaitility.await(count)
                .atMost(Duration.ofSeconds(40))
                .until(() -> ledger.count(count) == expected);
    }
}
