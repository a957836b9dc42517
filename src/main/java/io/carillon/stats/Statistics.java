package io.carillon.stats;

import io.carillon.database.Database;
import io.carillon.database.DatabaseClock;
import io.carillon.job.JobSummaries;
import io.carillon.queue.QueueViews;
import io.carillon.security.Scope;
import io.carillon.stats.StatsView.Minute;
import io.carillon.worker.WorkerQueries;
import io.carillon.worker.WorkerView;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.intellij.lang.annotations.Language;

/** Sums up how it goes; its cost does not depend on how large the ledger is. */
@ApplicationScoped
public class Statistics {
    private static final int MINUTES = 60;
    private static final Duration DAY = Duration.ofDays(1);

    @Language("SQL")
    static final String BY_MINUTE =
            "select minute, kind, name, count from activity where minute >= ?";

    @Language("SQL")
    static final String SUMS =
            """
            select kind, name, sum(count)::bigint from activity where minute >= ? group by kind, name
            """;

    private final Database database;
    private final JobSummaries jobs;
    private final WorkerQueries workers;
    private final QueueViews queues;
    private final DatabaseClock clock;

    Statistics(
            Database database,
            JobSummaries jobs,
            WorkerQueries workers,
            QueueViews queues,
            DatabaseClock clock) {
        this.database = database;
        this.jobs = jobs;
        this.workers = workers;
        this.queues = queues;
        this.clock = clock;
    }

    /**
     * Sums up the last hour and day.
     *
     * @param scope one that sees everything: activity is not counted by namespace
     */
    public StatsView of(Scope scope) {
        var now = clock.now();
        var count = jobs.count(scope);
        var live = workers.all(false);
        var active = new TreeMap<String, Long>();
        for (var queue : queues.all(null)) {
            if (queue.statistics() != null) {
                queue.statistics()
                        .byState()
                        .forEach((state, held) -> active.merge(state, held, Long::sum));
            }
        }
        var firstMinute =
                now.truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(MINUTES - 1));
        return database.with(
                connection -> {
                    var byMinute = byMinute(connection, firstMinute);
                    var hour = new Counts();
                    var minutes = new ArrayList<Minute>();
                    for (int index = 0; index < MINUTES; index++) {
                        var at = firstMinute.plus(Duration.ofMinutes(index));
                        var counts = byMinute.getOrDefault(at, new Counts());
                        hour.addAll(counts);
                        minutes.add(
                                new Minute(
                                        at,
                                        counts.of(Activity.FIRED),
                                        counts.succeeded(),
                                        counts.failed(),
                                        counts.delay(0.95)));
                    }
                    return new StatsView(
                            now,
                            new StatsView.Jobs(count.jobs(), count.isExact()),
                            workers(live),
                            active,
                            hour.window(),
                            sums(connection, now.minus(DAY)).window(),
                            minutes);
                });
    }

    private static StatsView.Workers workers(List<WorkerView> live) {
        return new StatsView.Workers(
                live.size(),
                live.stream().mapToLong(WorkerView::capacity).sum(),
                live.stream().mapToLong(WorkerView::running).sum());
    }

    private static Map<Instant, Counts> byMinute(Connection connection, Instant since)
            throws SQLException {
        try (var statement = connection.prepareStatement(BY_MINUTE)) {
            statement.setObject(1, since.atOffset(ZoneOffset.UTC));
            var byMinute = new HashMap<Instant, Counts>();
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    byMinute.computeIfAbsent(
                                    row.getObject(1, OffsetDateTime.class).toInstant(),
                                    absent -> new Counts())
                            .add(row.getString(2), row.getString(3), row.getLong(4));
                }
            }
            return byMinute;
        }
    }

    private static Counts sums(Connection connection, Instant since) throws SQLException {
        try (var statement = connection.prepareStatement(SUMS)) {
            statement.setObject(1, since.atOffset(ZoneOffset.UTC));
            var sums = new Counts();
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    sums.add(row.getString(1), row.getString(2), row.getLong(3));
                }
            }
            return sums;
        }
    }
}
