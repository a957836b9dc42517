package io.carillon.execution.ledger;

import io.carillon.database.Database;
import io.carillon.database.DatabaseClock;
import io.carillon.database.DatabaseException;
import io.carillon.execution.ExecutionConfig;
import io.carillon.replica.Loop;
import io.carillon.replica.Loops;
import io.carillon.replica.StartOrder;
import io.carillon.worker.WorkerStore;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.intellij.lang.annotations.Language;

/**
 * Makes the ledger's days ahead of time and drops those whose retention has ended, whole, unless
 * one still holds an execution that is not final, or has been for less than the retention. Days of
 * idempotency keys come and go with them, and those of statistics go. One replica at a time, by an
 * advisory lock.
 */
@ApplicationScoped
class Partitions {
    private static final int DAYS_AHEAD = 7;
    private static final Duration PAUSE = Duration.ofMinutes(10);
    private static final Duration BUSY_PAUSE = Duration.ofMinutes(1);
    private static final DateTimeFormatter SUFFIX = DateTimeFormatter.BASIC_ISO_DATE;

    @Language("SQL")
    private static final String LOCK =
            "select pg_try_advisory_xact_lock(hashtext('carillon.partitions')), (now() at time zone 'UTC')::date";

    /**
     * Making and dropping a day need a lock that waits for every reader, and behind which firing
     * and claiming queue up: better to give up soon than to hold them up.
     */
    @Language("SQL")
    private static final String GIVE_UP_SOON = "set local lock_timeout = '250ms'";

    /** The default partition has no day to drop; what has ended in it goes row by row. */
    @Language("SQL")
    private static final String DELETE_OUTSIDE_OF_DAYS =
            """
            delete from execution_default
            where ctid = any (array(
                select ctid from execution_default
                where scheduled_at < ?::date::timestamp at time zone 'UTC'
                  and finished_at < clock_timestamp() - ? * interval '1 millisecond'
                limit 10000))
            """;

    @Language("SQL")
    private static final String KEEP_DAYS_OF_KEYS = "select idempotency_key_keep_days(?)";

    @Language("SQL")
    private static final String MAKE = "select execution_make_partition(?)";

    @Language("SQL")
    private static final String DAYS =
            """
            select substring(c.relname from '\\d{8}$') from pg_inherits i join pg_class c on c.oid = i.inhrelid
            where i.inhparent = 'execution'::regclass and c.relname ~ '^execution_\\d{8}$'
            """;

    @Language("SQL")
    private static final String UNFINISHED =
            """
            select exists (select from execution
                           where state in ('BLOCKED', 'SCHEDULED', 'QUEUED', 'RUNNING', 'RETRYING')
                             and scheduled_at >= ?::date::timestamp at time zone 'UTC'
                             and scheduled_at < (?::date + 1)::timestamp at time zone 'UTC')
            """;

    /** Reads the day whole: to be asked once, and again when the answer's retention is over. */
    @Language("SQL")
    private static final String LAST_END =
            """
            select epoch_millis(max(finished_at)), epoch_millis(clock_timestamp()) from execution
            where scheduled_at >= ?::date::timestamp at time zone 'UTC'
              and scheduled_at < (?::date + 1)::timestamp at time zone 'UTC'
            """;

    /** Of what is not a day, there is little: it is not looked at. */
    @Language("SQL")
    private static final String SIZE =
            """
            select coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint
            from pg_inherits i join pg_class c on c.oid = i.inhrelid
            where i.inhparent = 'execution'::regclass and c.relname ~ '^execution_\\d{8}$'
            """;

    private final Database database;
    private final DayIndexes indexes;
    private final JobDays jobDays;
    private final WorkerStore workers;
    private final ExecutionConfig config;
    private final HistoryMetrics metrics;
    private final DatabaseClock clock;
    private final Loops loops;
    private final Loop loop;

    /** Until when days must be kept at least, for the last end in each. */
    private final Map<LocalDate, Instant> keptUntil = new HashMap<>();

    /** The result of a round. */
    public record Round(int made, int dropped) {}

    Partitions(
            Database database,
            DayIndexes indexes,
            JobDays jobDays,
            WorkerStore workers,
            ExecutionConfig config,
            HistoryMetrics metrics,
            DatabaseClock clock,
            Loops loops) {
        this.database = database;
        this.indexes = indexes;
        this.jobDays = jobDays;
        this.workers = workers;
        this.config = config;
        this.metrics = metrics;
        this.clock = clock;
        this.loops = loops;
        this.loop = loops.background("partitions", this::round);
    }

    void start(@Observes @Priority(StartOrder.DISPATCH) StartupEvent event) {
        loops.start(loop);
    }

    void stop(@Observes @Priority(StartOrder.DISPATCH) ShutdownEvent event) {
        loop.stop();
    }

    private Duration round() {
        try {
            runOnce();
            workers.forgetEnded();
            indexes.make();
            jobDays.keep();
            return PAUSE;
        } catch (DatabaseException busy) {
            Log.infof("partitions are in use, trying again in %s: %s", BUSY_PAUSE, busy.getCause());
            return BUSY_PAUSE;
        }
    }

    Round runOnce() {
        var round = database.inTransaction(this::makeAndDrop);
        metrics.pruned(clock.now(), database.with(Partitions::kept));
        return round;
    }

    private Round makeAndDrop(Connection connection) throws SQLException {
        LocalDate today;
        try (var statement = connection.prepareStatement(LOCK);
                var row = statement.executeQuery()) {
            row.next();
            if (!row.getBoolean(1)) {
                return new Round(0, 0);
            }
            today = row.getObject(2, LocalDate.class);
        }
        var oldest = today.atStartOfDay(ZoneOffset.UTC).minus(config.retention()).toLocalDate();
        // Before the first lock that others wait for.
        var over = new ArrayList<LocalDate>();
        for (var day : days(connection)) {
            if (day.isBefore(oldest) && !isKept(connection, day)) {
                over.add(day);
            }
        }
        try (var statement = connection.createStatement()) {
            statement.execute(GIVE_UP_SOON);
        }
        try (var statement = connection.prepareStatement(KEEP_DAYS_OF_KEYS)) {
            statement.setObject(1, today);
            statement.execute();
        }
        int made = 0;
        for (int ahead = 0; ahead <= DAYS_AHEAD; ahead++) {
            made += make(connection, today.plusDays(ahead)) ? 1 : 0;
        }
        for (var day : over) {
            drop(connection, day);
            keptUntil.remove(day);
        }
        int dropped = over.size();
        try (var statement = connection.prepareStatement(DELETE_OUTSIDE_OF_DAYS)) {
            statement.setObject(1, oldest);
            statement.setLong(2, config.retention().toMillis());
            statement.executeUpdate();
        }
        if (made + dropped > 0) {
            Log.infof("partitions made=%d dropped=%d", made, dropped);
        }
        return new Round(made, dropped);
    }

    private static HistoryMetrics.Kept kept(Connection connection) throws SQLException {
        var days = days(connection);
        try (var statement = connection.prepareStatement(SIZE);
                var row = statement.executeQuery()) {
            row.next();
            var oldest = days.stream().min(LocalDate::compareTo);
            return new HistoryMetrics.Kept(
                    days.size(),
                    oldest.map(day -> day.atStartOfDay(ZoneOffset.UTC).toInstant())
                            .orElse(Instant.EPOCH),
                    row.getLong(1));
        }
    }

    private static boolean make(Connection connection, LocalDate day) throws SQLException {
        try (var statement = connection.prepareStatement(MAKE)) {
            statement.setObject(1, day);
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    private static List<LocalDate> days(Connection connection) throws SQLException {
        var days = new ArrayList<LocalDate>();
        try (var statement = connection.prepareStatement(DAYS);
                var row = statement.executeQuery()) {
            while (row.next()) {
                days.add(LocalDate.parse(row.getString(1), SUFFIX));
            }
        }
        return days;
    }

    private boolean isKept(Connection connection, LocalDate day) throws SQLException {
        var until = keptUntil.get(day);
        if (until != null && clock.now().isBefore(until) || hasUnfinished(connection, day)) {
            return true;
        }
        try (var statement = connection.prepareStatement(LAST_END)) {
            statement.setObject(1, day);
            statement.setObject(2, day);
            try (var row = statement.executeQuery()) {
                row.next();
                var end = Instant.ofEpochMilli(row.getLong(1)).plus(config.retention());
                if (row.wasNull() || !end.isAfter(Instant.ofEpochMilli(row.getLong(2)))) {
                    return false;
                }
                keptUntil.put(day, end);
                return true;
            }
        }
    }

    private static boolean hasUnfinished(Connection connection, LocalDate day) throws SQLException {
        try (var statement = connection.prepareStatement(UNFINISHED)) {
            statement.setObject(1, day);
            statement.setObject(2, day);
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    /** The name is made of a date, never of input. */
    private static void drop(Connection connection, LocalDate day) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("drop table execution_" + day.format(SUFFIX));
            statement.execute("drop table if exists job_day_" + day.format(SUFFIX));
        }
    }
}
