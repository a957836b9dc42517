package io.carillon.cluster;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** Reads the ledger straight from the database and compares it with what a schedule planned. */
public final class Ledger implements AutoCloseable {
    private final Connection connection;

    /** A row: one planned instant, or the range of a skipped one. */
    public record Row(
            UUID id,
            Instant scheduledAt,
            String state,
            Instant createdAt,
            Instant skippedUntil,
            long skippedCount) {}

    public Ledger(TestPostgres postgres) throws SQLException {
        this(postgres.connect());
    }

    /**
     * @param connection is closed with this
     */
    Ledger(Connection connection) {
        this.connection = connection;
    }

    /** The rows of a job that its schedule has planned, oldest first. */
    public List<Row> rows(UUID jobId) throws SQLException {
        var rows = new ArrayList<Row>();
        try (var statement =
                connection.prepareStatement(
                        """
                        select id, scheduled_at, state, created_at, coalesce(skipped_until, scheduled_at),
                               coalesce(skipped_count, 1)
                        from execution where job_id = ? and origin = 'SCHEDULE' order by scheduled_at
                        """)) {
            statement.setObject(1, jobId);
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    rows.add(
                            new Row(
                                    row.getObject(1, UUID.class),
                                    row.getObject(2, OffsetDateTime.class).toInstant(),
                                    row.getString(3),
                                    row.getObject(4, OffsetDateTime.class).toInstant(),
                                    row.getObject(5, OffsetDateTime.class).toInstant(),
                                    row.getLong(6)));
                }
            }
        }
        return rows;
    }

    /** How many executions are in each state. */
    public Map<String, Long> states() throws SQLException {
        return counts("select state, count(*) from execution group by state");
    }

    /** A name and a number of each row. */
    public Map<String, Long> counts(String sql) throws SQLException {
        var counts = new TreeMap<String, Long>();
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            while (row.next()) {
                counts.put(row.getString(1), row.getLong(2));
            }
        }
        return counts;
    }

    public long count(String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    public Instant now() throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("select clock_timestamp()")) {
            row.next();
            return row.getObject(1, OffsetDateTime.class).toInstant();
        }
    }

    public void execute(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** See {@link TestPostgres#addTrigger}. */
    void addTrigger(String sql) {
        TestPostgres.addTrigger(connection, sql);
    }

    /**
     * Every instant the rows account for, in order: an interval's, with {@code everyMillis} between
     * those of a range.
     */
    public static List<Instant> accounted(List<Row> rows, long everyMillis) {
        var instants = new ArrayList<Instant>();
        for (var row : rows) {
            var instant = row.scheduledAt();
            for (long counted = 0; counted < row.skippedCount(); counted++) {
                instants.add(instant);
                instant = instant.plusMillis(everyMillis);
            }
        }
        return instants;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
