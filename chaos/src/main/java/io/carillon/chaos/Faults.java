package io.carillon.chaos;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Does one fault after the other to a cluster, chosen from a seed. */
final class Faults {
    private static final Duration PINNED = Duration.ofSeconds(20);

    private static final String END_SESSIONS =
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'carillon'";

    /** What is cached of a job is cached by its version, which its trigger names. */
    private static final String MAKE_UNREADABLE =
            """
            with victim as (update job set %s, version = version + 1 where name = '%s' returning id, version)
            update qrtz_triggers t set priority = v.version from victim v
            where t.sched_name = 'carillon' and t.trigger_name = v.id::text
            """;

    private static final String STRANGER =
            """
            with job as (
                insert into qrtz_job_details (sched_name, job_name, job_group, job_class_name, is_durable,
                                              is_nonconcurrent, is_update_data, requests_recovery)
                values ('stranger', 'job-%1$d', 'group', 'Stranger', false, false, false, false))
            insert into qrtz_triggers (sched_name, trigger_name, trigger_group, job_name, job_group, next_fire_time,
                                       trigger_state, trigger_type, start_time)
            values ('stranger', 'overdue-%1$d', 'group', 'job-%1$d', 'group', 1, 'WAITING', 'SIMPLE', 0)
            """;

    private final Cluster cluster;
    private final Random random;
    private final List<Fault> lots = new ArrayList<>();
    private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
    private final Set<String> unreadable = new HashSet<>();
    private int strangers;

    Faults(Cluster cluster, long seed, Set<Fault> allowed) {
        this.cluster = cluster;
        this.random = new Random(seed);
        for (var fault : allowed) {
            for (int count = 0; count < fault.weight(); count++) {
                lots.add(fault);
            }
        }
    }

    void inflictUntil(Instant endAt) throws SQLException {
        var startAt = Instant.now();
        while (Instant.now().isBefore(endAt)) {
            var fault = lots.get(random.nextInt(lots.size()));
            var replica = cluster.replicas().get(random.nextInt(cluster.replicas().size()));
            long seconds = random.nextInt(4, 9);
            System.out.printf(
                    "chaos: %5d s %s %s%n",
                    Duration.between(startAt, Instant.now()).toSeconds(),
                    fault.label(),
                    replica.name());
            inflict(fault, replica, Duration.ofSeconds(seconds));
            counts.merge(fault, 1, Integer::sum);
            Await.pause(Duration.ofMillis(random.nextInt(500, 4000)));
        }
    }

    /** How often each was inflicted. */
    Map<Fault, Integer> counts() {
        return counts;
    }

    /** Names of jobs whose schedule cannot be read any more. */
    Set<String> unreadable() {
        return unreadable;
    }

    /** How many triggers of another scheduler were made. */
    long strangers() {
        return strangers;
    }

    private void inflict(Fault fault, Replica replica, Duration duration) throws SQLException {
        switch (fault) {
            case KILL -> {
                replica.kill();
                Await.pause(Duration.ofMillis(random.nextInt(3000)));
                replica.start();
            }
            case STOP -> {
                replica.stop();
                replica.start();
            }
            case FREEZE -> {
                replica.freeze();
                Await.pause(duration.plusSeconds(1));
                replica.thaw();
            }
            case CLOCK -> shiftClock(replica);
            case RESTART_FAST -> {
                cluster.postgres().stop();
                cluster.postgres().startAgain();
            }
            case RESTART_IMMEDIATE -> {
                cluster.postgres().crash();
                Await.pause(duration);
                cluster.postgres().startAgain();
            }
            case FAILOVER -> cluster.failOver();
            case TERMINATE -> execute(END_SESSIONS);
            case READ_ONLY -> {
                setReadOnly("on");
                Await.pause(duration);
                setReadOnly("off");
            }
            case EXHAUST -> exhaust(duration);
            case CUT -> through(replica, Proxy.Mode.CUT, duration);
            case SWALLOW -> through(replica, Proxy.Mode.SWALLOW, duration);
            case HOLD -> through(replica, Proxy.Mode.HOLD, duration);
            case SLOW -> through(replica, Proxy.Mode.SLOW, duration);
            case STALL -> answer(Target.Mode.STALLS, duration);
            case FAIL -> answer(Target.Mode.FAILS, duration);
            case DROP -> answer(Target.Mode.DROPS, duration);
            case POISON -> poison();
            case PIN -> Thread.ofVirtual().start(this::pin);
        }
    }

    private void shiftClock(Replica replica) {
        replica.kill();
        replica.start(List.of("faketime", "-f", random.nextBoolean() ? "+1h" : "-1h"));
    }

    private void through(Replica replica, Proxy.Mode mode, Duration duration) {
        replica.proxy().become(mode);
        Await.pause(duration);
        replica.proxy().become(Proxy.Mode.PASS);
    }

    private void answer(Target.Mode mode, Duration duration) {
        cluster.target().become(mode);
        Await.pause(duration);
        cluster.target().become(Target.Mode.WELL);
    }

    private void setReadOnly(String value) {
        cluster.postgres().execute("alter system set default_transaction_read_only = " + value);
        cluster.postgres().execute("select pg_reload_conf()");
    }

    /** The replicas' own connections end, and they find no room for others. */
    private void exhaust(Duration duration) throws SQLException {
        var taken = new ArrayList<Connection>();
        try {
            takeAll(taken);
            execute(END_SESSIONS + " and application_name = 'carillon'");
            takeAll(taken);
            Await.pause(duration);
        } finally {
            for (var connection : taken) {
                connection.close();
            }
        }
    }

    private void takeAll(List<Connection> taken) {
        try {
            while (true) {
                taken.add(cluster.postgres().connect(PostgresServer.SERVICE));
            }
        } catch (SQLException noneLeft) {
            // As wanted.
        }
    }

    private void poison() throws SQLException {
        String schedule = "victim-" + random.nextInt(Jobs.VICTIMS / 2);
        String config = "victim-" + random.nextInt(Jobs.VICTIMS / 2, Jobs.VICTIMS);
        execute(MAKE_UNREADABLE.formatted("schedule = '{\"cron\": \"nonsense\"}'", schedule));
        execute(MAKE_UNREADABLE.formatted("config = '{\"url\": [7]}'", config));
        execute(STRANGER.formatted(++strangers));
        unreadable.add(schedule);
    }

    private void pin() {
        try (var connection = cluster.connect();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            statement.execute("select pg_current_xact_id()");
            Await.pause(PINNED);
        } catch (SQLException ended) {
            // By another fault.
        }
    }

    private void execute(String sql) throws SQLException {
        try (var connection = cluster.connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Whether clocks can be shifted here. */
    static boolean isFaketimeInstalled() {
        try {
            return new ProcessBuilder("faketime", "--version").start().waitFor() == 0;
        } catch (IOException missing) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
