package io.carillon.bench;

import java.util.ArrayList;
import java.util.List;
import org.intellij.lang.annotations.Language;

/**
 * What a system costs PostgreSQL between two moments. All counters are exact at once: statements
 * and their time as pg_stat_statements counts the role's; write transactions by the transaction
 * counter, which a transaction that only reads does not move (nor does it wait for a disk); bytes
 * by the position in the write-ahead log. What the system does besides, when idle, is in them.
 */
final class Meter {
    @Language("SQL")
    private static final String READ =
            """
            select (select coalesce(sum(calls), 0)::bigint from pg_stat_statements
                    where userid = 'system_under_test'::regrole
                      and dbid = (select oid from pg_database where datname = current_database())),
                   pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
                   (pg_current_wal_insert_lsn() - '0/0')::bigint,
                   (select coalesce(sum(total_exec_time) * 1000, 0)::bigint from pg_stat_statements
                    where userid = 'system_under_test'::regrole
                      and dbid = (select oid from pg_database where datname = current_database())),
                   (select coalesce(sum(total_exec_time) * 1000, 0)::bigint from pg_stat_statements
                    where userid = 'system_under_test'::regrole
                      and dbid = (select oid from pg_database where datname = current_database())
                      and query ilike '%skip locked%')
            """;

    @Language("SQL")
    private static final String LONGEST =
            """
            select format('%9s ms %8s calls %9s rows %12s WAL bytes %12s pages  %s', round(total_exec_time), calls, rows,
                          wal_bytes, shared_blks_hit + shared_blks_read, left(regexp_replace(query, '\\s+', ' ', 'g'), 80))
            from pg_stat_statements
            where userid = 'system_under_test'::regrole
              and dbid = (select oid from pg_database where datname = current_database())
            order by total_exec_time desc
            limit 10
            """;

    private final Database database;
    private final Cost atStart;

    /**
     * @param micros how long PostgreSQL executed statements, all sessions together
     * @param claimMicros how much of that went to statements that pass over locked rows: claims
     */
    record Cost(long statements, long commits, long walBytes, long micros, long claimMicros) {
        static final Cost NONE = new Cost(0, 0, 0, 0, 0);

        Cost minus(Cost other) {
            return new Cost(
                    statements - other.statements,
                    commits - other.commits,
                    walBytes - other.walBytes,
                    micros - other.micros,
                    claimMicros - other.claimMicros);
        }

        Cost plus(Cost other) {
            return new Cost(
                    statements + other.statements,
                    commits + other.commits,
                    walBytes + other.walBytes,
                    micros + other.micros,
                    claimMicros + other.claimMicros);
        }
    }

    private Meter(Database database) {
        this.database = database;
        this.atStart = read();
    }

    static Meter start(Database database) {
        return new Meter(database);
    }

    Cost stop() {
        return read().minus(atStart);
    }

    /** The statements that took longest so far, a line each. */
    static List<String> longest(Database database) {
        return database.row(
                LONGEST,
                row -> {
                    var lines = new ArrayList<String>();
                    do {
                        lines.add(row.getString(1));
                    } while (row.next());
                    return lines;
                });
    }

    private Cost read() {
        return database.row(
                READ,
                row ->
                        new Cost(
                                row.getLong(1),
                                row.getLong(2),
                                row.getLong(3),
                                row.getLong(4),
                                row.getLong(5)));
    }
}
