package io.carillon.execution.ledger;

import io.carillon.database.Database;
import io.carillon.housekeeping.Duty;
import io.carillon.housekeeping.Housekeeping;
import io.carillon.housekeeping.Steps;
import io.quarkus.logging.Log;
import io.quarkus.quartz.Nonconcurrent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.ScheduledExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Gives days of the ledger the indexes for listings with selective filters: a past day gets whole
 * indexes, the open day gets indexes up to a recent hour. Executions that may still change are in
 * almost none of them, because each start and end would write every index; the latest executions
 * are found by their order anyway.
 *
 * <p>An index is made while others write (concurrently). One that could not be finished is dropped
 * and made again, one that another covers is dropped. Only the speed of listings depends on them.
 */
@ApplicationScoped
public class DayIndexes implements Duty {
    private static final String NAME = "day-indexes";

    /** The indexes that each day has, beside those of the whole ledger. */
    enum Kind {
        TERMS("using gin (execution_terms(namespace, type, queue, state))", null),
        LABELS("using gin (labels jsonb_path_ops)", null),
        JOB_STATE("(job_id, state, scheduled_at)", "job_id is not null");

        private final String keys;
        private final @Nullable String condition;

        Kind(
                @Language(value = "SQL", prefix = "create index on execution ") String keys,
                @Nullable String condition) {
            this.keys = keys;
            this.condition = condition;
        }

        /** Stands in the names of indexes. */
        private String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The kinds, as alternatives of a regular expression. */
    static final String NAMES =
            Arrays.stream(Kind.values()).map(Kind::text).collect(Collectors.joining("|"));

    /** A second run at the same time would drop what the first is making. */
    @Language("SQL")
    private static final String LOCK =
            "select pg_try_advisory_lock(hashtext('carillon.day_indexes'))";

    @Language("SQL")
    private static final String UNLOCK =
            "select pg_advisory_unlock(hashtext('carillon.day_indexes'))";

    /**
     * The indexes that days should have and have not. A day is over an hour after its end, as
     * retries of its last executions may end until then. Those of the open day end at the last full
     * hour, which is in their names; 24 is its end.
     */
    @Language("SQL")
    private static final String MISSING =
            """
            with clock as (
                select (now() - interval '1 hour') at time zone 'UTC' as closed_before,
                       date_trunc('hour', (now() - interval '10 minutes') at time zone 'UTC') as hour),
            days as (
                select day.oid, day.relname as name, day.relnamespace, to_date(right(day.relname, 8), 'YYYYMMDD') as day
                from pg_inherits i join pg_class day on day.oid = i.inhrelid
                where i.inhparent = 'execution'::regclass and day.relname ~ '^execution_\\d{8}$'),
            stretches as (
                select name, relnamespace, '' as suffix, null as condition
                from days, clock where day < closed_before::date
                union all
                select name, relnamespace,
                       '_' || case when hour::date = day then to_char(hour, 'HH24') else '24' end,
                       format('scheduled_at < %L', to_char(hour, 'YYYY-MM-DD HH24:MI:SS"+00"'))
                from days, clock
                where day >= closed_before::date and day = (hour - interval '1 second')::date
                  and pg_stat_get_live_tuples(oid) >= ?),
            wanted as (
                select s.name as day, s.relnamespace, s.name || '_' || kind.name || s.suffix as index,
                       kind.keys || coalesce(' where ' || nullif(concat_ws(' and ', kind.condition, s.condition), ''), '')
                           as definition,
                       s.condition is not null as is_open
                from stretches s cross join unnest(?::text[], ?::text[], ?::text[]) as kind (name, keys, condition))
            select w.day, w.index, w.definition, w.is_open, there.oid is not null as is_unfinished
            from wanted w
            left join pg_class there on there.relname = w.index and there.relnamespace = w.relnamespace
            left join pg_index made on made.indexrelid = there.oid
            where not coalesce(made.indisvalid, false)
            order by w.day desc, w.index
            """;

    /**
     * How many executions of the last days may still change, counted up to {@link #MAX_UNFINISHED}
     * of each kind: each kind is found by an index of its own.
     */
    @Language("SQL")
    private static final String UNFINISHED =
            """
            select (select count(*) from (select from execution where state = 'QUEUED' and task is null
                                          and scheduled_at >= now() - interval '25 hours' limit 1001) as queued)
                 + (select count(*) from (select from execution where state = 'QUEUED' and task is not null
                                          and scheduled_at >= now() - interval '25 hours' limit 1001) as tasks)
                 + (select count(*) from (select from execution where state = 'RUNNING'
                                          and scheduled_at >= now() - interval '25 hours' limit 1001) as running)
                 + (select count(*) from (select from execution where state = 'AWAITING'
                                          and scheduled_at >= now() - interval '25 hours' limit 1001) as awaiting)
                 + (select count(*) from (select from execution where state = 'BLOCKED'
                                          and scheduled_at >= now() - interval '25 hours' limit 1001) as blocked)
                 + (select count(*) from (select from execution where state in ('SCHEDULED', 'RETRYING')
                                          and scheduled_at >= now() - interval '25 hours'
                                          and scheduled_at < now() limit 1001) as waiting)
            """;

    /** Finds indexes up to an hour that one up to a later hour, or a whole one, covers. */
    @Language("SQL")
    private static final String COVERED =
            """
            with hours as (
                select index.relname as name, left(index.relname, -3) as whole, right(index.relname, 2) as hour,
                       made.indisvalid as is_valid
                from pg_index made join pg_class index on index.oid = made.indexrelid
                join pg_inherits i on i.inhrelid = made.indrelid and i.inhparent = 'execution'::regclass
                where index.relname ~ ('^execution_\\d{8}_(' || ? || ')_\\d{2}$'))
            select name from hours h
            where exists (select from hours later where later.whole = h.whole and later.hour > h.hour and later.is_valid)
               or exists (select from pg_class index join pg_index made on made.indexrelid = index.oid
                          where index.relname = h.whole and made.indisvalid)
            """;

    /** An open day with fewer executions needs no index; reading it takes some milliseconds. */
    private static final long MIN_EXECUTIONS = 20_000;

    /**
     * With more executions that may still change, the open day's indexes wait: each of these would
     * write them.
     */
    private static final long MAX_UNFINISHED = 1_000;

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

    /** A missing index; its names come from the catalogue, never from input. */
    private record Missing(
            String day, String index, String definition, boolean isOpen, boolean isUnfinished) {}

    /** Makes what is missing, day by day, and drops what is covered; returns how many it made. */
    public int make() {
        return make(MIN_EXECUTIONS);
    }

    int make(long minExecutions) {
        var days = new LinkedHashSet<String>();
        database.with(connection -> missing(connection, minExecutions))
                .forEach(missing -> days.add(missing.day));
        var made = new AtomicInteger();
        var steps = new Steps();
        for (var day : days) {
            steps.run(
                    () ->
                            made.addAndGet(
                                    alone(connection -> makeOf(day, connection, minExecutions))));
        }
        steps.run(() -> alone(DayIndexes::dropCovered));
        if (made.get() > 0) {
            Log.infof("indexes of days made=%d", made.get());
        }
        steps.end();
        return made.get();
    }

    /** Returns 0 while another replica makes them. */
    private int alone(Database.Work<Integer> work) {
        return database.with(
                connection -> {
                    if (!isTrue(connection, LOCK)) {
                        return 0;
                    }
                    int timeoutMillis = connection.getNetworkTimeout();
                    try {
                        // A large day takes longer than any other statement may. It also waits for
                        // the transactions there are, but days must go on being made.
                        connection.setNetworkTimeout(Runnable::run, 0);
                        execute(connection, "set statement_timeout = '5min'");
                        return work.on(connection);
                    } finally {
                        execute(connection, "reset statement_timeout");
                        isTrue(connection, UNLOCK);
                        connection.setNetworkTimeout(Runnable::run, timeoutMillis);
                    }
                });
    }

    private static int makeOf(String day, Connection connection, long minExecutions)
            throws SQLException {
        int made = 0;
        for (var index : missing(connection, minExecutions)) {
            if (index.day.equals(day) && !(index.isOpen && isInUse(connection))) {
                if (index.isUnfinished) {
                    execute(connection, "drop index concurrently if exists " + index.index);
                }
                execute(
                        connection,
                        "create index concurrently %s on %s %s"
                                .formatted(index.index, day, index.definition));
                made++;
            }
        }
        if (made > 0) {
            // The statistics of entries decide how PostgreSQL reads a page.
            execute(connection, "analyze " + day);
        }
        return made;
    }

    private static boolean isInUse(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(UNFINISHED);
                var row = statement.executeQuery()) {
            row.next();
            return row.getLong(1) > MAX_UNFINISHED;
        }
    }

    private static int dropCovered(Connection connection) throws SQLException {
        var covered = new ArrayList<String>();
        try (var statement = connection.prepareStatement(COVERED)) {
            statement.setString(1, NAMES);
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    covered.add(row.getString(1));
                }
            }
        }
        for (var index : covered) {
            execute(connection, "drop index concurrently if exists " + index);
        }
        return covered.size();
    }

    private static List<Missing> missing(Connection connection, long minExecutions)
            throws SQLException {
        var missing = new ArrayList<Missing>();
        try (var statement = connection.prepareStatement(MISSING)) {
            statement.setLong(1, minExecutions);
            statement.setArray(2, ofKinds(connection, Kind::text));
            statement.setArray(3, ofKinds(connection, kind -> kind.keys));
            statement.setArray(4, ofKinds(connection, kind -> kind.condition));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    missing.add(
                            new Missing(
                                    row.getString(1),
                                    row.getString(2),
                                    row.getString(3),
                                    row.getBoolean(4),
                                    row.getBoolean(5)));
                }
            }
        }
        return missing;
    }

    private static Array ofKinds(Connection connection, Function<Kind, @Nullable String> what)
            throws SQLException {
        return connection.createArrayOf("text", Arrays.stream(Kind.values()).map(what).toArray());
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
