package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Three replicas under faults while jobs are created, changed, paused, resumed and deleted at
 * random; then every planned instant of every job is in the ledger once, and nothing else is.
 *
 * <p>{@code -Dcarillon.chaos.seconds=150} for the long form, {@code -Dcarillon.chaos.seed} to
 * repeat a run.
 */
class ChaosIT {
    private static final int FIRST_JOBS = 40;
    private static final @Nullable Integer LONG_FORM = Integer.getInteger("carillon.chaos.seconds");
    private static final Duration DURATION = Duration.ofSeconds(LONG_FORM == null ? 24 : LONG_FORM);
    private static final long SEED = Long.getLong("carillon.chaos.seed", System.nanoTime());
    private static final long[] INTERVALS = {500, 1000, 1500, 2000};

    /** What is done to the cluster every few seconds. */
    enum Fault {
        KILLED_REPLICAS,
        ENDED_SESSIONS,
        RESTARTED_DATABASE,
        /** One replica's clock is an hour ahead from the start, and others are killed. */
        SHIFTED_CLOCK,
        /** Each of the others in turn. */
        ALL
    }

    static List<Fault> faults() {
        return LONG_FORM == null
                ? List.of(Fault.ALL)
                : List.of(
                        Fault.KILLED_REPLICAS,
                        Fault.ENDED_SESSIONS,
                        Fault.RESTARTED_DATABASE,
                        Fault.SHIFTED_CLOCK);
    }

    private final Random random = new Random(SEED);
    private final Map<UUID, Plan> plans = new HashMap<>();
    private final List<UUID> deleted = new ArrayList<>();
    private int created;

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void everyPlannedInstantIsInTheLedgerOnceDespite(Fault fault) throws Exception {
        System.out.printf("chaos fault=%s seconds=%d seed=%d%n", fault, DURATION.toSeconds(), SEED);
        try (var postgres = new TestPostgres();
                var cluster = new Cluster(postgres, 3, clockOfTheFirst(fault)).awaitReady()) {
            for (int index = 0; index < FIRST_JOBS; index++) {
                create(postgres, cluster);
            }
            long end = System.nanoTime() + DURATION.toNanos();
            long nextFault = System.nanoTime() + Duration.ofSeconds(4).toNanos();
            int faults = 0;
            while (System.nanoTime() < end) {
                operate(postgres, cluster);
                if (System.nanoTime() > nextFault) {
                    inflict(
                            fault == Fault.ALL ? Fault.values()[faults % 3] : fault,
                            postgres,
                            cluster);
                    faults++;
                    nextFault = System.nanoTime() + Duration.ofSeconds(6).toNanos();
                }
            }
            cluster.replaceEnded();
            cluster.awaitReady();
            checkLedger(postgres, cluster);
            System.out.printf(
                    "chaos fault=%s faults=%d jobs=%d instants exact%n",
                    fault, faults, plans.size());
        }
    }

    private static List<String> clockOfTheFirst(Fault fault) {
        boolean shifted = fault == Fault.SHIFTED_CLOCK || fault == Fault.ALL;
        return shifted && FakeTime.isInstalled() ? FakeTime.shiftedBy("+1h") : List.of();
    }

    private void inflict(Fault fault, TestPostgres postgres, Cluster cluster) throws SQLException {
        switch (fault) {
            case KILLED_REPLICAS -> cluster.killAndReplace(random.nextInt(cluster.size()));
            case ENDED_SESSIONS -> postgres.endSessions();
            case RESTARTED_DATABASE -> postgres.restart();
            case SHIFTED_CLOCK -> cluster.killAndReplace(1 + random.nextInt(cluster.size() - 1));
            case ALL -> throw new IllegalArgumentException("one fault at a time");
        }
    }

    private void operate(TestPostgres postgres, Cluster cluster) throws Exception {
        var live = new ArrayList<>(plans.keySet());
        live.removeAll(deleted);
        switch (random.nextInt(10)) {
            case 0 -> create(postgres, cluster);
            case 1 -> delete(postgres, cluster, pick(live));
            case 2, 3 -> change(postgres, cluster, pick(live));
            case 4, 5 -> call(cluster, "/jobs/" + pick(live) + "/pause", "{}");
            default -> call(cluster, "/jobs/" + pick(live) + "/resume", "{}");
        }
    }

    private UUID pick(List<UUID> ids) {
        return ids.get(random.nextInt(ids.size()));
    }

    /** A name is used once, so whether a creation whose answer was lost took place can be seen. */
    private void create(TestPostgres postgres, Cluster cluster) throws Exception {
        String name = "chaos-" + created++;
        long every = INTERVALS[random.nextInt(INTERVALS.length)];
        call(
                cluster,
                "/jobs",
                Map.of(
                        "name",
                        name,
                        "schedule",
                        Map.of("every", every + "ms"),
                        "type",
                        "noop",
                        "retry",
                        Map.of("maxAttempts", 100, "delay", "100ms")));
        stored(postgres, "name = '" + name + "'")
                .ifPresent(job -> plans.put(job.id, new Plan(job.id, job.createdAt, every)));
    }

    private void change(TestPostgres postgres, Cluster cluster, UUID id) throws Exception {
        var plan = plans.get(id);
        long every = INTERVALS[random.nextInt(INTERVALS.length)];
        if (every == plan.everyMillis()) {
            return;
        }
        Instant from = now(postgres);
        patch(cluster, "/jobs/" + id, Map.of("schedule", Map.of("every", every + "ms")));
        var job = stored(postgres, "id = '" + id + "'").orElseThrow();
        if (Duration.parse(job.every).toMillis() == every) {
            plan.changed(every, from, now(postgres));
        }
    }

    private void delete(TestPostgres postgres, Cluster cluster, UUID id) throws Exception {
        if (plans.size() - deleted.size() <= FIRST_JOBS / 2) {
            return;
        }
        try {
            new Api(alive(cluster)).delete("/jobs/" + id);
        } catch (IOException unknown) {
            // Read back below.
        }
        if (stored(postgres, "id = '" + id + "'").orElseThrow().isDeleted) {
            deleted.add(id);
        }
    }

    /** Has every job accounted for up to a moment, lets what was queued end, and compares. */
    private void checkLedger(TestPostgres postgres, Cluster cluster) throws Exception {
        var api = new Api(cluster.replica(0));
        for (var id : plans.keySet()) {
            if (!deleted.contains(id)) {
                assertThat(api.post("/jobs/" + id + "/resume", "{}").status()).isEqualTo(200);
                assertThat(api.post("/jobs/" + id + "/pause", "{}").status()).isEqualTo(200);
            }
        }
        try (var ledger = new Ledger(postgres)) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(
                            () ->
                                    ledger.count(
                                                    "select count(*) from execution where finished_at is null")
                                            == 0);
            var wrong = new ArrayList<String>();
            for (var plan : plans.values()) {
                var rows = ledger.rows(plan.jobId());
                String fault = plan.check(rows, until(postgres, plan, rows));
                if (!fault.isEmpty()) {
                    wrong.add(fault);
                }
            }
            assertThat(wrong).isEmpty();
            assertThat(ledger.states()).doesNotContainKey("FAILED");
            assertThat(
                            ledger.count(
                                    "select count(*) from execution where created_at < scheduled_at"))
                    .as("fired early")
                    .isZero();
            assertThat(ledger.count("select sum(deadlocks) from pg_stat_database"))
                    .as("deadlocks")
                    .isZero();
        }
    }

    /**
     * Up to when the job's ledger is complete: until just before its next fire time, or its
     * deletion.
     */
    private static Instant until(TestPostgres postgres, Plan plan, List<Ledger.Row> rows)
            throws SQLException {
        try (var connection = postgres.connect();
                var statement =
                        connection.prepareStatement(
                                """
                                select j.deleted_at, t.next_fire_time from job j
                                left join qrtz_triggers t on t.trigger_name = j.id::text
                                where j.id = ?
                                """)) {
            statement.setObject(1, plan.jobId());
            try (var row = statement.executeQuery()) {
                row.next();
                var deletedAt = row.getObject(1, OffsetDateTime.class);
                if (deletedAt == null) {
                    return Instant.ofEpochMilli(row.getLong(2) - 1);
                }
                // The deletion settled the trigger shortly before it was stamped.
                var last = rows.isEmpty() ? Instant.MIN : rows.getLast().skippedUntil();
                var slack = deletedAt.toInstant().minusMillis(200);
                return last.isAfter(slack) ? last : slack;
            }
        }
    }

    private record StoredJob(UUID id, Instant createdAt, String every, boolean isDeleted) {}

    private static Optional<StoredJob> stored(TestPostgres postgres, String condition)
            throws SQLException {
        try (var connection = postgres.connect();
                var statement = connection.createStatement();
                var row =
                        statement.executeQuery(
                                "select id, created_at, schedule ->> 'every', deleted_at is not null from job"
                                        + " where "
                                        + condition)) {
            return row.next()
                    ? Optional.of(
                            new StoredJob(
                                    row.getObject(1, UUID.class),
                                    row.getObject(2, OffsetDateTime.class).toInstant(),
                                    row.getString(3),
                                    row.getBoolean(4)))
                    : Optional.empty();
        }
    }

    private static Instant now(TestPostgres postgres) throws SQLException {
        try (var ledger = new Ledger(postgres)) {
            return ledger.now();
        }
    }

    private Replica alive(Cluster cluster) {
        int first = random.nextInt(cluster.size());
        for (int offset = 0; offset < cluster.size(); offset++) {
            var replica = cluster.replica((first + offset) % cluster.size());
            if (replica.isAlive() && replica.isReady()) {
                return replica;
            }
        }
        return cluster.replica(first);
    }

    private void call(Cluster cluster, String path, Object body) {
        try {
            new Api(alive(cluster)).post(path, body);
        } catch (IOException lost) {
            // It may or may not have happened. Creations are read back; after a pause or resume the
            // ledger is
            // exact either way.
        }
    }

    private void patch(Cluster cluster, String path, Object body) {
        try {
            new Api(alive(cluster)).patch(path, body);
        } catch (IOException unknown) {
            // Read back by the caller.
        }
    }
}
