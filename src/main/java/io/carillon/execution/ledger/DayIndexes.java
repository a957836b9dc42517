package io.carillon.execution.ledger;

import io.carillon.database.Database;
import io.carillon.housekeeping.Duty;
import io.carillon.housekeeping.Housekeeping;
import io.quarkus.logging.Log;
import io.quarkus.quartz.Nonconcurrent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.ScheduledExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.intellij.lang.annotations.Language;

/**
 * Gives days of the ledger that are over the indexes by which listings find what few executions
 * have. The days that are open have none of them: each start and end of an execution would write
 * every one, and their latest executions are found by their order.
 *
 * <p>An index is made while others write (concurrently). One that could not be finished is dropped
 * and made again. Nothing but the speed of listings depends on them.
 */
@ApplicationScoped
public class DayIndexes implements Duty {
    private static final String NAME = "day-indexes";

    /** A second one at the same time would drop what the first is making. */
    @Language("SQL")
    private static final String LOCK =
            "select pg_try_advisory_lock(hashtext('carillon.day_indexes'))";

    @Language("SQL")
    private static final String UNLOCK =
            "select pg_advisory_unlock(hashtext('carillon.day_indexes'))";

    /** Retries of a day's last executions may end in the next one's first hour. */
    @Language("SQL")
    private static final String MISSING =
            """
            select day.relname, wanted.suffix, wanted.definition, index.oid is not null as is_unfinished
            from pg_inherits i join pg_class day on day.oid = i.inhrelid
            cross join (values
                ('terms', 'using gin (execution_terms(namespace, type, queue, state))'),
                ('labels', 'using gin (labels jsonb_path_ops)'),
                ('job_state', '(job_id, state, scheduled_at) where job_id is not null')) as wanted (suffix, definition)
            left join pg_class index on index.relname = day.relname || '_' || wanted.suffix
                                    and index.relnamespace = day.relnamespace
            left join pg_index made on made.indexrelid = index.oid
            where i.inhparent = 'execution'::regclass and day.relname ~ '^execution_\\d{8}$'
              and day.relname < 'execution_' || to_char((now() - interval '1 hour') at time zone 'UTC', 'YYYYMMDD')
              and not coalesce(made.indisvalid, false)
            order by day.relname desc, wanted.suffix
            """;

    private final Database database;
    private final Housekeeping housekeeping;

    DayIndexes(Database database, Housekeeping housekeeping) {
        this.database = database;
        this.housekeeping = housekeeping;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Duration period() {
        return Duration.ofMinutes(10);
    }

    @Scheduled(identity = NAME, every = "10m")
    @Nonconcurrent
    void due(ScheduledExecution due) {
        housekeeping.fulfil(this, due);
    }

    @Override
    public void run() {
        var unused = make();
    }

    /** Of names that come from the catalogue, never from input. */
    private record Missing(String day, String suffix, String definition, boolean isUnfinished) {
        String name() {
            return day + "_" + suffix;
        }
    }

    /** Makes what is missing; returns how many. */
    public int make() {
        return database.with(
                connection -> {
                    if (!isTrue(connection, LOCK)) {
                        return 0;
                    }
                    int timeoutMillis = connection.getNetworkTimeout();
                    try {
                        // A large day takes longer than any other statement may; it also waits for
                        // the
                        // transactions there are, but days must go on being made.
                        connection.setNetworkTimeout(Runnable::run, 0);
                        execute(connection, "set statement_timeout = '5min'");
                        return make(connection);
                    } finally {
                        execute(connection, "reset statement_timeout");
                        isTrue(connection, UNLOCK);
                        connection.setNetworkTimeout(Runnable::run, timeoutMillis);
                    }
                });
    }

    private static int make(Connection connection) throws SQLException {
        var missing = missing(connection);
        var days = new LinkedHashSet<String>();
        try (var statement = connection.createStatement()) {
            for (var index : missing) {
                days.add(index.day);
                if (index.isUnfinished) {
                    statement.execute("drop index concurrently if exists " + index.name());
                }
                statement.execute(
                        "create index concurrently %s on %s %s"
                                .formatted(index.name(), index.day, index.definition));
            }
            for (var day : days) {
                // How often each entry occurs decides how a page is read.
                statement.execute("analyze " + day);
            }
        }
        if (!missing.isEmpty()) {
            Log.infof("indexes of closed days made=%d", missing.size());
        }
        return missing.size();
    }

    private static List<Missing> missing(Connection connection) throws SQLException {
        var missing = new ArrayList<Missing>();
        try (var statement = connection.prepareStatement(MISSING);
                var row = statement.executeQuery()) {
            while (row.next()) {
                missing.add(
                        new Missing(
                                row.getString(1),
                                row.getString(2),
                                row.getString(3),
                                row.getBoolean(4)));
            }
        }
        return missing;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static boolean isTrue(Connection connection, String sql) throws SQLException {
        try (var statement = connection.prepareStatement(sql);
                var row = statement.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }
}
