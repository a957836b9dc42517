package io.carillon.execution.statistics;

import io.carillon.database.Database;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.ledger.ExecutionListing;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Adds up a job's history: closed days from the counts of {@link JobDays}, the stretches between
 * them from their executions.
 */
@ApplicationScoped
public class JobStatistics {
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    /** Finds the days for which the job's row, or its absence, is complete. */
    @Language("SQL")
    private static final String COUNTED_DAYS =
            """
            select day from (
                select to_date(substring(c.relname from '^job_day_(\\d{8})$'), 'YYYYMMDD') as day
                from pg_inherits i join pg_class c on c.oid = i.inhrelid
                where i.inhparent = 'job_day'::regclass) as closed
            where not exists (select from job_day_change c where c.job_id = ? and c.day = closed.day)
            order by day
            """;

    @Language("SQL")
    private static final String BY_DAY =
            """
            select succeeded, failed, cancelled, skipped, seconds, buckets, bucket_counts
            from job_day where job_id = ? and day = any (?::date[])
            """;

    @Language("SQL")
    static final String BY_EXECUTION =
            """
            select state, duration_bucket(seconds) as bucket, count(*) as executions,
                   sum(coalesce(skipped_count, 1))::bigint as instants, sum(seconds) as seconds
            from (select state, skipped_count, date_part('epoch', finished_at - started_at) as seconds
                  from execution
                  where job_id = ? and scheduled_at >= ? and scheduled_at < ?) as of_stretch
            group by state, bucket
            """;

    private final Database database;

    JobStatistics(Database database) {
        this.database = database;
    }

    /** Sums up days. */
    private static final class Sum {
        private final Map<ExecutionState, Long> counts = new EnumMap<>(ExecutionState.class);
        private final DurationCounts durations = new DurationCounts();

        private void add(ExecutionState state, long count) {
            if (count > 0) {
                counts.merge(state, count, Long::sum);
            }
        }
    }

    /**
     * @param from inclusive; null: from the beginning
     * @param to exclusive; null: to the end
     */
    public ExecutionStats of(UUID jobId, @Nullable Instant from, @Nullable Instant to) {
        var sum =
                database.inTransaction(
                        connection ->
                                sum(
                                        connection,
                                        jobId,
                                        from == null ? Instant.EPOCH : from,
                                        to == null ? LATEST : to));
        return ExecutionStats.of(sum.counts, sum.durations.summary());
    }

    private static Sum sum(Connection connection, UUID jobId, Instant from, Instant to)
            throws SQLException {
        try (var settings = connection.createStatement()) {
            settings.execute(ExecutionListing.PLAN_FOR_PARAMETERS);
        }
        var sum = new Sum();
        var days = new ArrayList<LocalDate>();
        var open = from;
        for (var day : countedDays(connection, jobId)) {
            var start = day.atStartOfDay(ZoneOffset.UTC).toInstant();
            var end = day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
            if (!start.isBefore(from) && !end.isAfter(to)) {
                days.add(day);
                addExecutions(connection, jobId, open, start, sum);
                open = end;
            }
        }
        addExecutions(connection, jobId, open, to, sum);
        addDays(connection, jobId, days, sum);
        return sum;
    }

    private static List<LocalDate> countedDays(Connection connection, UUID jobId)
            throws SQLException {
        try (var statement = connection.prepareStatement(COUNTED_DAYS)) {
            statement.setObject(1, jobId);
            try (var row = statement.executeQuery()) {
                var days = new ArrayList<LocalDate>();
                while (row.next()) {
                    days.add(row.getObject(1, LocalDate.class));
                }
                return days;
            }
        }
    }

    private static void addDays(Connection connection, UUID jobId, List<LocalDate> days, Sum sum)
            throws SQLException {
        try (var statement = connection.prepareStatement(BY_DAY)) {
            statement.setObject(1, jobId);
            statement.setArray(2, connection.createArrayOf("date", days.toArray()));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    sum.add(ExecutionState.SUCCEEDED, row.getLong("succeeded"));
                    sum.add(ExecutionState.FAILED, row.getLong("failed"));
                    sum.add(ExecutionState.CANCELLED, row.getLong("cancelled"));
                    sum.add(ExecutionState.SKIPPED, row.getLong("skipped"));
                    sum.durations.addSeconds(row.getDouble("seconds"));
                    var buckets = (Integer[]) row.getArray("buckets").getArray();
                    var counts = (Long[]) row.getArray("bucket_counts").getArray();
                    for (int index = 0; index < buckets.length; index++) {
                        sum.durations.add(buckets[index], counts[index]);
                    }
                }
            }
        }
    }

    private static void addExecutions(
            Connection connection, UUID jobId, Instant from, Instant to, Sum sum)
            throws SQLException {
        if (!from.isBefore(to)) {
            return;
        }
        try (var statement = connection.prepareStatement(BY_EXECUTION)) {
            statement.setObject(1, jobId);
            statement.setObject(2, from.atOffset(ZoneOffset.UTC));
            statement.setObject(3, to.atOffset(ZoneOffset.UTC));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    sum.add(
                            ExecutionState.valueOf(row.getString("state")),
                            row.getLong("instants"));
                    int bucket = row.getInt("bucket");
                    if (!row.wasNull()) {
                        sum.durations.add(bucket, row.getLong("executions"));
                        sum.durations.addSeconds(row.getDouble("seconds"));
                    }
                }
            }
        }
    }
}
