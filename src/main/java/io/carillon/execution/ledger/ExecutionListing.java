package io.carillon.execution.ledger;

import io.carillon.database.Database;
import io.carillon.database.SqlParameters;
import io.carillon.database.UuidV7;
import io.carillon.json.Json;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Lists executions of all jobs, newest first, day by day until the page is full.
 *
 * <p>A day is a partition, so each statement reads one: it is planned for the current filter with
 * the statistics of that day, and a page that the last days fill opens no other. For selective
 * filters there are indexes of closed days ({@link DayIndexes}).
 */
@ApplicationScoped
public class ExecutionListing {
    /**
     * If more jobs have the labels, these are compared execution by execution, because a page fills
     * quickly.
     */
    private static final int MAX_JOBS = 1000;

    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    /** Today, and yesterday until an hour after its end, may have indexes up to an hour only. */
    private static final int OPEN_DAYS = 2;

    /** An id has whole milliseconds of its instant. */
    private static final Duration SLACK = Duration.ofSeconds(1);

    @Language("SQL")
    public static final String PLAN_FOR_PARAMETERS =
            "set local plan_cache_mode = force_custom_plan";

    /** Finds the existing days, latest first, up to today. */
    @Language("SQL")
    private static final String DAYS =
            """
            select to_date(day, 'YYYYMMDD') from (
                select substring(c.relname from '^execution_(\\d{8})$') as day
                from pg_inherits i join pg_class c on c.oid = i.inhrelid
                where i.inhparent = 'execution'::regclass) as days
            where day <= to_char(now() at time zone 'UTC', 'YYYYMMDD')
            order by day desc
            """;

    /** The hour up to which an open day has all its indexes; null: it has none. */
    @Language("SQL")
    private static final String INDEXED_HOUR =
            """
            select max(hour) from (
                select right(index.relname, 2)::integer as hour
                from pg_class index join pg_index made on made.indexrelid = index.oid
                where index.relname > ?::name and index.relname < ?::name
                  and index.relname ~ ('_(' || ? || ')_\\d{2}$') and made.indisvalid
                group by 1 having count(*) = ?) as hours
            """;

    /**
     * Conditions whose parameter is null disappear when the statement is planned for its
     * parameters. The bounds of the id say nothing that those of the instant do not, but in the
     * order of the page.
     */
    @Language("SQL")
    public static final String PAGE =
            """
            select * from execution
            where scheduled_at >= ? and scheduled_at < ?
              and id >= ? and id <= ?
              and (?::uuid is null or id < ?)
              and (?::text is null or execution_terms(namespace, type, queue, state) @> array[?::text])
              and (?::varchar is null or state = ?)
              and (?::uuid is null or job_id = ?)
              and (?::varchar[] is null or namespace = any (?))
              and (?::varchar is null or type = ?)
              and (?::varchar is null or queue = ?)
              and (?::jsonb is null
                   or labels @> ?::jsonb
                   or labels is null and job_id = any (?::uuid[])
                   or labels is null and ?
                      and exists (select from job j where j.id = execution.job_id and j.labels @> ?::jsonb))
            order by id desc
            limit ?
            """;

    @Language("SQL")
    static final String JOBS_WITH_LABELS =
            """
            select id from job where labels @> ?::jsonb and deleted_at is null
            union all
            select id from job where labels @> ?::jsonb and deleted_at is not null
            limit ?
            """;

    private final Database database;
    private final ExecutionRows rows;
    private final Json json;

    ExecutionListing(Database database, ExecutionRows rows, Json json) {
        this.database = database;
        this.rows = rows;
        this.json = json;
    }

    /** A stretch of the ledger: {@code from} (inclusive) to {@code to}. */
    private record Stretch(Instant from, Instant to) {
        boolean isEmpty() {
            return !from.isBefore(to);
        }
    }

    /**
     * The jobs that have the labels.
     *
     * @param isAll false: there are too many to name
     */
    private record Labelled(List<UUID> jobIds, boolean isAll) {}

    /** Returns executions before {@code before}, newest id first. */
    public List<ExecutionView> page(ExecutionFilter filter, @Nullable UUID before, int limit) {

        return database.inTransaction(connection -> read(connection, filter, before, limit));
    }

    private List<ExecutionView> read(
            Connection connection, ExecutionFilter filter, @Nullable UUID before, int limit)
            throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(PLAN_FOR_PARAMETERS);
        }
        String labels = filter.labels().isEmpty() ? null : json.text(filter.labels());
        var labelled =
                labels == null ? new Labelled(List.of(), true) : labelled(connection, labels);
        var found = new ArrayList<ExecutionView>();
        try (var statement = connection.prepareStatement(PAGE)) {
            for (var stretch : stretches(connection, filter, before)) {
                var parameters = new SqlParameters(statement);
                statement.setObject(parameters.next(), stretch.from.atOffset(ZoneOffset.UTC));
                statement.setObject(parameters.next(), stretch.to.atOffset(ZoneOffset.UTC));
                statement.setObject(parameters.next(), UuidV7.first(stretch.from.minus(SLACK)));
                statement.setObject(parameters.next(), UuidV7.last(stretch.to.plus(SLACK)));
                parameters.twice(before, Types.OTHER);
                parameters.twice(term(filter), Types.VARCHAR);
                parameters.twice(
                        filter.state() == null ? null : filter.state().name(), Types.VARCHAR);
                parameters.twice(filter.jobId(), Types.OTHER);
                parameters.twice(filter.namespaces());
                parameters.twice(filter.type(), Types.VARCHAR);
                parameters.twice(filter.queue(), Types.VARCHAR);
                parameters.twice(labels, Types.VARCHAR);
                statement.setArray(
                        parameters.next(),
                        connection.createArrayOf("uuid", labelled.jobIds.toArray()));
                statement.setBoolean(parameters.next(), !labelled.isAll);
                statement.setString(parameters.next(), labels);
                statement.setInt(parameters.next(), limit - found.size());
                found.addAll(rows.views(statement));
                if (found.size() == limit) {
                    break;
                }
            }
        }
        return found;
    }

    private static Labelled labelled(Connection connection, String labels) throws SQLException {
        var ids = new ArrayList<UUID>();
        try (var statement = connection.prepareStatement(JOBS_WITH_LABELS)) {
            statement.setString(1, labels);
            statement.setString(2, labels);
            statement.setInt(3, MAX_JOBS + 1);
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    ids.add(row.getObject(1, UUID.class));
                }
            }
        }
        return ids.size() <= MAX_JOBS ? new Labelled(ids, true) : new Labelled(List.of(), false);
    }

    /**
     * Returns the entry of {@code execution_terms} that covers the four filters together; null if
     * none of them is set.
     */
    public static @Nullable String term(ExecutionFilter filter) {
        var kind = new StringBuilder();
        var values = new StringBuilder();
        add(kind, values, "n", onlyOne(filter.namespaces()));
        add(kind, values, "t", filter.type());
        add(kind, values, "q", filter.queue());
        add(kind, values, "s", filter.state() == null ? null : filter.state().name());
        return kind.isEmpty() ? null : kind.append(values).toString();
    }

    private static @Nullable String onlyOne(@Nullable Set<String> namespaces) {
        return namespaces != null && namespaces.size() == 1 ? namespaces.iterator().next() : null;
    }

    private static void add(
            StringBuilder kind, StringBuilder values, String letter, @Nullable String value) {
        if (value != null) {
            kind.append(letter);
            values.append(' ').append(value);
        }
    }

    /** Returns the future, then each day, then everything older, as far as the filter asks for. */
    private static List<Stretch> stretches(
            Connection connection, ExecutionFilter filter, @Nullable UUID before)
            throws SQLException {
        var from = filter.from() == null ? Instant.EPOCH : filter.from();
        var end = filter.to() == null ? LATEST : filter.to();
        if (before != null) {
            var cursor = Instant.ofEpochMilli(UuidV7.epochMillis(before) + 1);
            end = cursor.isBefore(end) ? cursor : end;
        }
        var stretches = new ArrayList<Stretch>();
        var days = days(connection);
        for (var day : days) {
            var start = day.atStartOfDay(ZoneOffset.UTC).toInstant();
            var bounds = new ArrayList<>(List.of(start.plus(Duration.ofDays(1)), start));
            if (days.indexOf(day) < OPEN_DAYS) {
                bounds.add(1, start.plus(Duration.ofHours(indexedHour(connection, day))));
            }
            for (var bound : bounds) {
                var stretch = new Stretch(bound.isAfter(from) ? bound : from, end);
                if (!stretch.isEmpty()) {
                    stretches.add(stretch);
                    end = stretch.from;
                }
            }
        }
        var rest = new Stretch(from, end);
        if (!rest.isEmpty()) {
            stretches.add(rest);
        }
        return stretches;
    }

    /** Of an open day, so that what is before it is read by its indexes; 0: it has none. */
    private static int indexedHour(Connection connection, LocalDate day) throws SQLException {
        try (var statement = connection.prepareStatement(INDEXED_HOUR)) {
            String name = "execution_" + day.format(DateTimeFormatter.BASIC_ISO_DATE);
            statement.setString(1, name + "_");
            // The next character.
            statement.setString(2, name + "`");
            statement.setString(3, DayIndexes.NAMES);
            statement.setInt(4, DayIndexes.Kind.values().length);
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    private static List<LocalDate> days(Connection connection) throws SQLException {
        var days = new ArrayList<LocalDate>();
        try (var statement = connection.prepareStatement(DAYS);
                var row = statement.executeQuery()) {
            while (row.next()) {
                days.add(row.getObject(1, LocalDate.class));
            }
        }
        return days;
    }
}
