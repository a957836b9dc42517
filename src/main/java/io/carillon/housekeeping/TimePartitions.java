package io.carillon.housekeeping;

import io.carillon.database.Database;
import io.quarkus.logging.Log;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Makes the partitions of a table ahead of time and drops those past a retention. The migration of
 * the table has a function that makes one, such as {@code audit_make_month(date)}, and a default
 * partition. Waits neither for long readers nor delays writers: the next round tries again.
 */
public final class TimePartitions {
    private static final String GIVE_UP_SOON = "set local lock_timeout = '250ms'";
    private static final int MADE_AHEAD = 2;

    private final Database database;
    private final String table;
    private final Unit unit;
    private final BeforeDrop beforeDrop;

    /** The stretch of time that a partition spans, in UTC. */
    public enum Unit {
        DAY("YYYYMMDD"),
        MONTH("YYYYMM");

        private final String pattern;

        Unit(String pattern) {
            this.pattern = pattern;
        }

        private String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Reads or notes something in the transaction that drops a partition. */
    public interface BeforeDrop {
        void on(Statement statement, String partition) throws SQLException;
    }

    /**
     * @param table a name from code, never from input
     */
    public TimePartitions(Database database, String table, Unit unit, BeforeDrop beforeDrop) {
        this.database = database;
        this.table = table;
        this.unit = unit;
        this.beforeDrop = beforeDrop;
    }

    /** Makes what is missing, drops what is past the retention; each step by itself. */
    public void keep(Duration retention) {
        var steps = new Steps();
        steps.run(this::make);
        for (var partition : over(retention)) {
            steps.run(() -> drop(partition));
        }
        steps.run(() -> deleteOutside(retention));
        steps.end();
    }

    private void make() {
        inTransaction(
                """
                select count(*) from generate_series(0, %1$d) as ahead
                where %2$s_make_%3$s(
                    (date_trunc('%3$s', now() at time zone 'UTC') + ahead * interval '1 %3$s')::date)
                """
                        .formatted(MADE_AHEAD, table, unit.text()));
    }

    private List<String> over(Duration retention) {
        return database.with(
                """
                select part.relname from pg_inherits i join pg_class part on part.oid = i.inhrelid
                where i.inhparent = '%1$s'::regclass and part.relname ~ '^%1$s_\\d{%2$d}$'
                  and (to_date(right(part.relname, %2$d), '%3$s') + interval '1 %4$s') at time zone 'UTC'
                      <= now() - ? * interval '1 millisecond'
                order by 1
                """
                        .formatted(table, unit.pattern.length(), unit.pattern, unit.text()),
                statement -> {
                    statement.setLong(1, retention.toMillis());
                    var partitions = new ArrayList<String>();
                    try (var row = statement.executeQuery()) {
                        while (row.next()) {
                            partitions.add(row.getString(1));
                        }
                    }
                    return partitions;
                });
    }

    private void drop(String partition) {
        database.inTransaction(
                connection -> {
                    try (var statement = begin(connection)) {
                        beforeDrop.on(statement, partition);
                        return statement.execute("drop table " + partition);
                    }
                });
        Log.infof("dropped a partition past its retention name=%s", partition);
    }

    private void deleteOutside(Duration retention) {
        inTransaction(
                """
                delete from %1$s_default
                where ctid = any (array(
                    select ctid from %1$s_default where at < now() - %2$d * interval '1 millisecond' limit 10000))
                """
                        .formatted(table, retention.toMillis()));
    }

    private void inTransaction(String sql) {
        database.inTransaction(
                connection -> {
                    try (var statement = begin(connection)) {
                        return statement.execute(sql);
                    }
                });
    }

    private static Statement begin(Connection connection) throws SQLException {
        var statement = connection.createStatement();
        statement.execute(GIVE_UP_SOON);
        return statement;
    }
}
