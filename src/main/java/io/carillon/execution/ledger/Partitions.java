package io.carillon.execution.ledger;

import io.carillon.database.Database;
import io.carillon.database.DatabaseClock;
import io.carillon.database.DatabaseException;
import io.carillon.execution.ExecutionConfig;
import io.carillon.housekeeping.Duty;
import io.carillon.housekeeping.Housekeeping;
import io.carillon.housekeeping.Steps;
import io.carillon.replica.StartOrder;
import io.quarkus.logging.Log;
import io.quarkus.quartz.Nonconcurrent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.ScheduledExecution;
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
import java.util.concurrent.atomic.AtomicInteger;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Makes the ledger's days ahead of time, and drops whole days whose retention has ended. It keeps a
 * day with an execution that is not final, or became final less than a retention ago. Days of
 * idempotency keys come and go with them, and those of statistics go. Usually there is nothing to
 * do; it checks every minute because readers of a day may prevent a change.
 */
@ApplicationScoped
public class Partitions implements Duty {
    static final String NAME = "ledger-days";
    private static final int DAYS_AHEAD = 7;
    private static final DateTimeFormatter SUFFIX = DateTimeFormatter.BASIC_ISO_DATE;

    /**
     * A starting replica makes days too, possibly at the same time as the duty on another replica.
     */
    @Language("SQL")
    private static final String LOCK =
            "select pg_try_advisory_xact_lock(hashtext('carillon.partitions')), (now() at time zone 'UTC')::date";

    /**
     * Making and dropping a day need a lock that waits for every reader, and firing and claiming
     * queue up behind it: it is better to give up soon than to delay them.
     */
    @Language("SQL")
    private static final String GIVE_UP_SOON = "set local lock_timeout = '250ms'";

    /**
     * The default partition is not a day that can be dropped; its ended executions are deleted row
     * by row.
     */
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
                           where state in ('BLOCKED', 'SCHEDULED', 'QUEUED', 'RUNNING', 'AWAITING', 'RETRYING')
                             and scheduled_at >= ?::date::timestamp at time zone 'UTC'
                             and scheduled_at < (?::date + 1)::timestamp at time zone 'UTC')
            """;

    /** Reads the whole day: run it once, and again when the retention of its answer is over. */
    @Language("SQL")
    private static final String LAST_END =
            """
            select epoch_millis(max(finished_at)), epoch_millis(clock_timestamp()) from execution
            where scheduled_at >= ?::date::timestamp at time zone 'UTC'
              and scheduled_at < (?::date + 1)::timestamp at time zone 'UTC'
            """;

    private final Database database;
    private final ExecutionConfig config;
    private final DatabaseClock clock;
    private final Housekeeping housekeeping;

    /** Until when each day must be kept at least, because of the last end in it. */
    private final Map<LocalDate, Instant> keptUntil = new HashMap<>();

    /** The result of a round. */
    public record Round(int made, int dropped) {}

    Partitions(
            Database database,
            ExecutionConfig config,
            DatabaseClock clock,
            Housekeeping housekeeping) {
        this.database = database;
        this.config = config;
        this.clock = clock;
        this.housekeeping = housekeeping;
    }

    /** Makes days before anything fires or is submitted, whichever replica has the duty. */
    void start(@Observes @Priority(StartOrder.NOTIFICATIONS) StartupEvent event) {
        try {
            alone(this::makeDays);
        } catch (DatabaseException busy) {
            Log.warnf("days of the ledger not made yet: %s", busy.getCause());
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Duration period() {
        return Duration.ofMinutes(1);
    }

    @Scheduled(identity = NAME, every = "1m")
    @Nonconcurrent
    void due(ScheduledExecution due) {
        housekeeping.fulfil(this, due);
    }

    @Override
    public void run() {
        var unused = runOnce();
    }

    /**
     * Makes days first, and drops each day separately: a table with a dependent view cannot be
     * dropped, and must not keep the next days from being made.
     */
    Round runOnce() {
        var steps = new Steps();
        var made = new AtomicInteger();
        steps.run(() -> made.set(alone(this::makeDays)));
        var dropped = new AtomicInteger();
        for (var day : database.inTransaction(this::daysThatAreOver)) {
            steps.run(() -> dropped.addAndGet(alone((connection, today) -> drop(connection, day))));
        }
        steps.run(() -> alone(this::deleteOutsideOfDays));
        if (made.get() + dropped.get() > 0) {
            Log.infof("partitions made=%d dropped=%d", made.get(), dropped.get());
        }
        steps.end();
        return new Round(made.get(), dropped.get());
    }

    /** A step of the one who has the lock; returns how many days it made or dropped. */
    private interface Locked {
        int on(Connection connection, LocalDate today) throws SQLException;
    }

    /** Does nothing while another replica does it, and does not wait long for other locks. */
    private int alone(Locked step) {
        return database.inTransaction(
                connection -> {
                    var today = lock(connection);
                    if (today == null) {
                        return 0;
                    }
                    try (var statement = connection.createStatement()) {
                        statement.execute(GIVE_UP_SOON);
                    }
                    return step.on(connection, today);
                });
    }

    private static @Nullable LocalDate lock(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(LOCK);
                var row = statement.executeQuery()) {
            row.next();
            return row.getBoolean(1) ? row.getObject(2, LocalDate.class) : null;
        }
    }

    private int makeDays(Connection connection, LocalDate today) throws SQLException {
        try (var statement = connection.prepareStatement(KEEP_DAYS_OF_KEYS)) {
            statement.setObject(1, today);
            statement.execute();
        }
        int made = 0;
        for (int ahead = 0; ahead <= DAYS_AHEAD; ahead++) {
            made += make(connection, today.plusDays(ahead)) ? 1 : 0;
        }
        return made;
    }

    /** Checks before taking a lock that others wait for; empty while another replica does it. */
    private List<LocalDate> daysThatAreOver(Connection connection) throws SQLException {
        var over = new ArrayList<LocalDate>();
        var today = lock(connection);
        if (today != null) {
            var oldest = oldest(today);
            for (var day : days(connection)) {
                if (day.isBefore(oldest) && !isKept(connection, day)) {
                    over.add(day);
                }
            }
        }
        return over;
    }

    private LocalDate oldest(LocalDate today) {
        return today.atStartOfDay(ZoneOffset.UTC).minus(config.retention()).toLocalDate();
    }

    private int deleteOutsideOfDays(Connection connection, LocalDate today) throws SQLException {
        try (var statement = connection.prepareStatement(DELETE_OUTSIDE_OF_DAYS)) {
            statement.setObject(1, oldest(today));
            statement.setLong(2, config.retention().toMillis());
            statement.executeUpdate();
            return 0;
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

    /** Returns the existing days, in no order. */
    static List<LocalDate> days(Connection connection) throws SQLException {
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
    private int drop(Connection connection, LocalDate day) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("drop table execution_" + day.format(SUFFIX));
            statement.execute("drop table if exists job_day_" + day.format(SUFFIX));
        }
        keptUntil.remove(day);
        return 1;
    }
}
