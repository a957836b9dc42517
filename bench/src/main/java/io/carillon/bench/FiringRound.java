package io.carillon.bench;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.intellij.lang.annotations.Language;

/**
 * What came of one round of any firing case: triggers are made due a moment ahead, fired, counted
 * and timed by PostgreSQL.
 *
 * @param fired how many; fewer than were due if the system was halted before
 * @param seconds from the first due instant to the last commit
 * @param minMillis the least delay from an instant to the commit of its firing, negative when it
 *     was fired early; the others likewise
 * @param cost from before they were due until all were fired
 */
record FiringRound(
        int fired,
        double seconds,
        double minMillis,
        double p50Millis,
        double p99Millis,
        double maxMillis,
        Meter.Cost cost) {

    @Language("SQL")
    private static final String MAKE_DUE =
            """
            update qrtz_triggers t set next_fire_time = ?::bigint + b.place * ?::bigint / 1000
            from (select trigger_name, row_number() over (order by ordinal) - 1 as place from bench_trigger
                  where ordinal % ? = ? order by ordinal limit ?) b
            where t.trigger_name = b.trigger_name and t.trigger_state = 'WAITING'
            """;

    @Language("SQL")
    private static final String MADE_DUE =
            "select count(*) from bench_waiting where next_fire_time between ? and ?";

    @Language("SQL")
    private static final String IS_LEFT =
            "select exists (select from bench_waiting where next_fire_time <= ?)";

    /** The delays of what was due from the second instant on: what is before it warms up. */
    @Language("SQL")
    private static final String FIRED =
            """
            with fired as (
                select trigger_name, due_millis, extract(epoch from committed_at) * 1000 as committed_millis
                from bench_fired where due_millis between ? and ?)
            select count(*), count(distinct trigger_name), max(committed_millis) - ?,
                   percentile_disc(array[0, 0.5, 0.99, 1]) within group (order by committed_millis - due_millis)
                       filter (where due_millis >= ?)
            from fired
            """;

    private static final Duration LEAST_LEAD = Duration.ofMillis(600);
    private static final Duration LEAD_PER_TRIGGER = Duration.ofNanos(50_000);
    private static final int LEADS = 5;

    private record Counted(long rows, long triggers, double millis, double[] delays) {}

    /**
     * Runs a round.
     *
     * @param window how long the system may fire after the last instant; then it is halted
     * @param warmUp how much of the round's beginning is left out of the delays
     */
    static FiringRound run(
            Database database, FiringCluster cluster, Due due, Duration window, Duration warmUp) {
        long first = makeDue(database, due);
        long last = first + due.spanMillis();
        var meter = Meter.start(database);
        cluster.go(first);
        var limit = Duration.ofMillis(last - database.nowMillis()).plus(window);
        Await.until(limit, () -> !database.isTrue(IS_LEFT, last));
        cluster.halt();
        var cost = meter.stop();
        var counted =
                database.row(
                        FIRED,
                        FiringRound::countedOf,
                        first,
                        last,
                        first,
                        first + warmUp.toMillis());
        if (counted.rows != counted.triggers) {
            throw new BenchFailure(
                    "%d firings of %d triggers: one was fired twice"
                            .formatted(counted.rows, counted.triggers));
        }
        return new FiringRound(
                (int) counted.rows,
                counted.millis / 1000,
                counted.delays[0],
                counted.delays[1],
                counted.delays[2],
                counted.delays[3],
                cost);
    }

    double perSecond() {
        return fired / seconds;
    }

    /** Soon, but not before the statement that says so has ended: how long it takes is tried. */
    static long makeDue(Database database, Due due) {
        var lead = LEAST_LEAD.plus(LEAD_PER_TRIGGER.multipliedBy(due.count()));
        for (int tried = 0; tried < LEADS; tried++) {
            long first = database.nowMillis() + lead.toMillis();
            boolean isInTime =
                    database.executeBefore(
                            first - LEAST_LEAD.toMillis() / 2,
                            MAKE_DUE,
                            first,
                            due.spacingMicros(),
                            due.stride(),
                            due.offset(),
                            due.count());
            if (isInTime) {
                long made = database.number(MADE_DUE, first, first + due.spanMillis());
                if (made != due.count()) {
                    throw new BenchFailure(
                            "%d triggers are due, not %d".formatted(made, due.count()));
                }
                return first;
            }
            lead = lead.multipliedBy(2);
        }
        throw new BenchFailure("This machine is too busy to make triggers due in time");
    }

    private static Counted countedOf(ResultSet row) throws SQLException {
        var delays = row.getArray(4);
        double[] millis = new double[4];
        if (delays != null) {
            var values = (Number[]) delays.getArray();
            for (int index = 0; index < millis.length; index++) {
                millis[index] = values[index].doubleValue();
            }
        }
        return new Counted(row.getLong(1), row.getLong(2), row.getDouble(3), millis);
    }
}
