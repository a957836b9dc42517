package io.carillon.audit;

import io.carillon.database.Database;
import io.carillon.housekeeping.Duty;
import io.carillon.housekeeping.Housekeeping;
import io.carillon.housekeeping.Steps;
import io.quarkus.logging.Log;
import io.quarkus.quartz.Nonconcurrent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.ScheduledExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.intellij.lang.annotations.Language;

/**
 * Makes the months of the audit log ahead of time, and drops those past their retention. Partitions
 * are months, not days: a listing of the newest entries looks into each partition, and there would
 * be hundreds of days.
 */
@ApplicationScoped
class AuditMonths implements Duty {
    private static final String NAME = "audit-months";

    /**
     * Does not wait for long readers of the log, nor delay new entries: the next round tries again.
     */
    @Language("SQL")
    private static final String GIVE_UP_SOON = "set local lock_timeout = '250ms'";

    @Language("SQL")
    private static final String MAKE =
            """
            select count(*) from generate_series(0, 2) as ahead
            where audit_make_month(
                (date_trunc('month', now() at time zone 'UTC') + ahead * interval '1 month')::date)
            """;

    @Language("SQL")
    private static final String OVER =
            """
            select month.relname from pg_inherits i join pg_class month on month.oid = i.inhrelid
            where i.inhparent = 'audit'::regclass and month.relname ~ '^audit_\\d{6}$'
              and (to_date(right(month.relname, 6), 'YYYYMM') + interval '1 month') at time zone 'UTC'
                  <= now() - ? * interval '1 millisecond'
            order by 1
            """;

    @Language("SQL")
    private static final String DELETE_OUTSIDE_OF_MONTHS =
            """
            delete from audit_default
            where ctid = any (array(
                select ctid from audit_default where at < now() - ? * interval '1 millisecond' limit 10000))
            """;

    private final Database database;
    private final AuditConfig config;
    private final Housekeeping housekeeping;

    AuditMonths(Database database, AuditConfig config, Housekeeping housekeeping) {
        this.database = database;
        this.config = config;
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
        var steps = new Steps();
        steps.run(this::make);
        for (var month : over()) {
            steps.run(() -> drop(month));
        }
        steps.run(this::deleteOutsideOfMonths);
        steps.end();
    }

    private void make() {
        database.inTransaction(
                connection -> {
                    try (var statement = connection.createStatement()) {
                        statement.execute(GIVE_UP_SOON);
                        return statement.execute(MAKE);
                    }
                });
    }

    private List<String> over() {
        return database.with(
                OVER,
                statement -> {
                    statement.setLong(1, config.retention().toMillis());
                    var months = new ArrayList<String>();
                    try (var row = statement.executeQuery()) {
                        while (row.next()) {
                            months.add(row.getString(1));
                        }
                    }
                    return months;
                });
    }

    /**
     * @param month from the catalogue, never from input
     */
    private void drop(String month) {
        database.inTransaction(
                connection -> {
                    try (var statement = connection.createStatement()) {
                        statement.execute(GIVE_UP_SOON);
                        return statement.execute("drop table " + month);
                    }
                });
        Log.infof("dropped a month of the audit log name=%s", month);
    }

    private void deleteOutsideOfMonths() {
        database.with(
                DELETE_OUTSIDE_OF_MONTHS,
                statement -> {
                    statement.setLong(1, config.retention().toMillis());
                    return statement.executeUpdate();
                });
    }
}
