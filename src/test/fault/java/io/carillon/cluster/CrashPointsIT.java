package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * A replica dies, or sleeps through its lease, at each point between claim and stored outcome. What
 * must run at least once ends done; what may run at most once is never started twice, counted at
 * its target.
 */
class CrashPointsIT {
    private static final long CLAIM_GATE = 4711;
    private static final List<String> DELIVERIES = List.of("AT_LEAST_ONCE", "AT_MOST_ONCE");

    /** Where the victim is with an execution when it is killed. */
    private enum Point {
        /** The claim has reached PostgreSQL, which commits it after the victim's death. */
        CLAIMING,
        /** Claimed; the connection to the target is not established. */
        CONNECTING,
        /** The target has the request and has not answered. */
        REQUESTED,
        /** The target has answered; storing the outcome waits for the row's lock. */
        ANSWERED,
        /** The outcome is stored. */
        STORED
    }

    private record Case(Point point, String delivery) {}

    @Test
    void aKillAtAnyPointKeepsWhatTheDeliveryPromises() throws Exception {
        try (var postgres = new TestPostgres();
                var target = new Target(postgres);
                var deaf = new DeafPort();
                var gate = postgres.connect()) {
            var cases = new LinkedHashMap<UUID, Case>();
            try (var victim = Replica.start(postgres).awaitReady()) {
                var api = new Api(victim);
                holdClaimsOfPoint(gate);
                for (var point :
                        List.of(Point.STORED, Point.CONNECTING, Point.REQUESTED, Point.ANSWERED)) {
                    String url = point == Point.CONNECTING ? deaf.url() : target.url(point);
                    for (var delivery : DELIVERIES) {
                        cases.put(submit(api, url, point, delivery), new Case(point, delivery));
                    }
                    if (point == Point.STORED) {
                        awaitCount(
                                gate,
                                "select count(*) from execution where finished_at is not null",
                                2);
                    }
                }
                target.awaitCalls(6);
                awaitCount(gate, "select count(*) from execution where state = 'RUNNING'", 6);
                awaitCount(
                        gate,
                        "select count(*) from pg_stat_activity where wait_event_type = 'Lock'",
                        1);
                // Last, because the dispatcher waits in the claim; due together, for one claim.
                var together = Instant.now().plusSeconds(3);
                for (var delivery : DELIVERIES) {
                    String url = target.url(Point.CLAIMING);
                    cases.put(
                            submit(api, url, Point.CLAIMING, delivery, together),
                            new Case(Point.CLAIMING, delivery));
                }
                awaitCount(
                        gate,
                        "select count(*) from pg_stat_activity where wait_event = 'advisory'",
                        1);

                victim.kill();
            }
            target.releaseRows();
            openGate(gate);
            deaf.listen();
            try (var survivor = Replica.start(postgres).awaitReady()) {
                awaitCount(gate, "select count(*) from execution where finished_at is null", 0);

                for (var each : cases.entrySet()) {
                    check(gate, each.getKey(), each.getValue(), target.calls(each.getKey()));
                }
                assertThat(survivor.isAlive()).isTrue();
            }
        }
    }

    private static void check(Connection connection, UUID id, Case tried, int calls)
            throws SQLException {
        String row =
                text(connection, "select state || ' ' || attempt from execution where id = ?", id);
        boolean again = "AT_LEAST_ONCE".equals(tried.delivery);
        String expected =
                tried.point == Point.STORED ? "SUCCEEDED 1" : again ? "SUCCEEDED 2" : "FAILED 1";
        assertThat(row).as("%s", tried).isEqualTo(expected);
        int expectedCalls =
                switch (tried.point) {
                    case STORED -> 1;
                    case CLAIMING -> again ? 1 : 0;
                    // Counted by the target alone; the deaf port answers what comes later.
                    case CONNECTING -> 0;
                    case REQUESTED, ANSWERED -> again ? 2 : 1;
                };
        assertThat(calls).as("calls of %s", tried).isEqualTo(expectedCalls);
    }

    @Test
    void aReplicaThatSleptThroughItsLeaseChangesNothingAndACancelReachesAnyReplica()
            throws Exception {
        try (var postgres = new TestPostgres();
                var target = new Target(postgres);
                var cluster = new Cluster(postgres, 2).awaitReady();
                var connection = postgres.connect()) {
            var api = new Api(cluster.replica(1));
            cancelReachesAnyReplica(api, new Api(cluster.replica(0)), connection);

            var id = submit(api, target.url(Point.REQUESTED), Point.REQUESTED, "AT_LEAST_ONCE");
            target.awaitCalls(1);
            long holder =
                    number(
                            connection,
                            "select w.pid from execution e join worker w on w.id = e.worker_id where e.id = ?",
                            id);
            signal("STOP", holder);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> state(connection, id).equals("SUCCEEDED"));
            String stored = text(connection, ROW, id);
            target.answerHeld();
            signal("CONT", holder);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> logOf(cluster, holder).contains("worker stops what it runs"));

            assertThat(text(connection, ROW, id)).isEqualTo(stored);
            assertThat(stored).startsWith("SUCCEEDED 2 2");
            assertThat(target.calls(id)).isEqualTo(2);
        }
    }

    private static final String ROW =
            "select concat_ws(' ', state, attempt, epoch, worker_id, finished_at) from execution where id = ?";

    private static void cancelReachesAnyReplica(Api one, Api other, Connection connection)
            throws Exception {
        var ids = new ArrayList<UUID>();
        for (int count = 0; count < 20; count++) {
            var answer =
                    one.post(
                            "/executions",
                            Map.of(
                                    "type",
                                    "noop",
                                    "timeout",
                                    "5m",
                                    "config",
                                    Map.of("sleep", "2m")));
            ids.add(UUID.fromString(answer.body().path("id").asText()));
        }
        awaitCount(connection, "select count(*) from execution where state = 'RUNNING'", 20);
        for (int index = 0; index < ids.size(); index++) {
            (index % 2 == 0 ? one : other).post("/executions/" + ids.get(index) + "/cancel", null);
        }
        awaitCount(connection, "select count(*) from execution where state = 'CANCELLED'", 20);
        long slowest =
                number(
                        connection,
                        "select (extract(epoch from max(finished_at - cancel_requested_at)) * 1000)::bigint"
                                + " from execution where state = 'CANCELLED' and ?::uuid is not null",
                        ids.getFirst());
        System.out.printf("20 cancellations over 2 replicas, the slowest took %d ms%n", slowest);
        assertThat(slowest).isLessThan(1000);
    }

    private static UUID submit(Api api, String url, Point point, String delivery)
            throws IOException {
        return submit(api, url, point, delivery, Instant.now());
    }

    private static UUID submit(Api api, String url, Point point, String delivery, Instant runAt)
            throws IOException {
        var answer =
                api.post(
                        "/executions",
                        Map.of(
                                "type",
                                "http",
                                "config",
                                Map.of("url", url),
                                "timeout",
                                "5m",
                                "runAt",
                                runAt.toString(),
                                "delivery",
                                delivery,
                                "labels",
                                Map.of("point", point.name())));
        assertThat(answer.status()).isEqualTo(202);
        return UUID.fromString(answer.body().path("id").asText());
    }

    /** Claims of executions at this point wait for an advisory lock that the test holds. */
    private static void holdClaimsOfPoint(Connection connection) throws SQLException {
        execute(connection, "select pg_advisory_lock(" + CLAIM_GATE + ")");
        execute(
                connection,
                """
                create function wait_at_gate() returns trigger language plpgsql as $$
                begin
                    perform pg_advisory_xact_lock_shared(4711);
                    return new;
                end $$
                """);
        TestPostgres.addTrigger(
                connection,
                """
                create trigger wait_at_gate before update of state on execution
                for each row when (new.state = 'RUNNING' and new.labels ->> 'point' = 'CLAIMING')
                execute function wait_at_gate()
                """);
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void openGate(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("select pg_advisory_unlock(" + CLAIM_GATE + ")");
        }
    }

    private static void awaitCount(Connection connection, String sql, long expected) {
        Awaitility.await(sql)
                .atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(50))
                .until(
                        () -> {
                            try (var statement = connection.createStatement();
                                    var row = statement.executeQuery(sql)) {
                                row.next();
                                return row.getLong(1) == expected;
                            }
                        });
    }

    private static String state(Connection connection, UUID id) throws SQLException {
        return text(connection, "select state from execution where id = ?", id);
    }

    private static long number(Connection connection, String sql, UUID id) throws SQLException {
        return Long.parseLong(text(connection, sql, id));
    }

    private static String text(Connection connection, String sql, UUID id) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            statement.setObject(1, id);
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    private static void signal(String name, long pid) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor())
                .isZero();
    }

    private static String logOf(Cluster cluster, long pid) {
        for (int index = 0; index < cluster.size(); index++) {
            if (cluster.replica(index).pid() == pid) {
                return cluster.replica(index).log();
            }
        }
        throw new IllegalStateException("no replica has the pid " + pid);
    }

    /**
     * Answers each call at once but for the first at the point {@code REQUESTED}, which it keeps
     * waiting, and the first at {@code ANSWERED}, whose row it locks before it answers.
     */
    private static final class Target implements AutoCloseable {
        private final HttpServer server;
        private final Connection locks;
        private final Map<UUID, AtomicInteger> calls = new ConcurrentHashMap<>();
        private final CountDownLatch held = new CountDownLatch(1);

        Target(TestPostgres postgres) throws IOException, SQLException {
            locks = postgres.connect();
            locks.setAutoCommit(false);
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/", this::handle);
            server.start();
        }

        String url(Point point) {
            return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + point;
        }

        int calls(UUID id) {
            return calls.getOrDefault(id, new AtomicInteger()).get();
        }

        void awaitCalls(int executions) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> calls.size() >= executions);
        }

        void answerHeld() {
            held.countDown();
        }

        void releaseRows() throws SQLException {
            synchronized (locks) {
                locks.rollback();
            }
        }

        private void handle(HttpExchange exchange) throws IOException {
            try (exchange) {
                var id = UUID.fromString(exchange.getRequestHeaders().getFirst("Idempotency-Key"));
                int call = calls.computeIfAbsent(id, none -> new AtomicInteger()).incrementAndGet();
                String path = exchange.getRequestURI().getPath();
                if (call == 1 && path.endsWith(Point.REQUESTED.name())) {
                    held.await();
                }
                if (call == 1 && path.endsWith(Point.ANSWERED.name())) {
                    lock(id);
                }
                exchange.sendResponseHeaders(204, -1);
            } catch (InterruptedException | SQLException failure) {
                throw new IOException(failure);
            }
        }

        private void lock(UUID id) throws SQLException {
            synchronized (locks) {
                try (var statement =
                        locks.prepareStatement("select from execution where id = ? for update")) {
                    statement.setObject(1, id);
                    statement.execute();
                }
            }
        }

        @Override
        public void close() throws SQLException {
            held.countDown();
            server.stop(0);
            locks.close();
        }
    }

    /** A port whose queue of connections is full: the next one hangs until it listens. */
    private static final class DeafPort implements AutoCloseable {
        private final ServerSocket server =
                new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        private final List<Socket> filling = new ArrayList<>();

        DeafPort() throws IOException {
            for (int count = 0; count < 3; count++) {
                var socket = new Socket();
                filling.add(socket);
                try {
                    socket.connect(server.getLocalSocketAddress(), 200);
                } catch (IOException full) {
                    return;
                }
            }
        }

        String url() {
            return "http://127.0.0.1:" + server.getLocalPort() + "/";
        }

        void listen() {
            Thread.ofVirtual()
                    .start(
                            () -> {
                                while (!server.isClosed()) {
                                    try (var socket = server.accept()) {
                                        answer(socket);
                                    } catch (IOException closed) {
                                        // The next one, or the end.
                                    }
                                }
                            });
        }

        private static void answer(Socket socket) throws IOException {
            socket.setSoTimeout(500);
            if (socket.getInputStream().read(new byte[4096]) > 0) {
                socket.getOutputStream()
                        .write(
                                "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
            }
        }

        @Override
        public void close() throws IOException {
            for (var socket : filling) {
                socket.close();
            }
            server.close();
        }
    }
}
