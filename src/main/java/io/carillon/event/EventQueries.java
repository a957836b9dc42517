package io.carillon.event;

import io.carillon.database.Database;
import io.carillon.database.SqlParameters;
import io.carillon.json.Json;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Reads events in their order. Transactions do not commit in the order of their numbers, so only
 * those numbers are read below which no transaction can add one: {@code event_settled()}.
 */
@ApplicationScoped
public class EventQueries {
    @Language("SQL")
    private static final String SETTLED = "select event_settled()";

    @Language("SQL")
    private static final String READ =
            """
            select id, at, namespace, kind, type, attempt, reason, code, execution_ids, job_ids, items from event
            where id >= ? and id <= ? and (?::varchar[] is null or namespace = any (?))
            order by id
            limit ?
            """;

    @Language("SQL")
    private static final String DROPPED = "select through from event_dropped";

    private final Database database;
    private final Json json;

    EventQueries(Database database, Json json) {
        this.database = database;
        this.json = json;
    }

    /**
     * Events in their order.
     *
     * @param end up to where the log was read: the next read goes on after it
     * @param isLast whether the log ends there, for now
     */
    public record Read(List<Event> events, Position end, boolean isLast) {}

    /** Returns the place after all events that can be read now. */
    public Position now() {
        return Position.endOf(number(SETTLED));
    }

    /** Whether events after this place have been dropped; never so for the first place. */
    public boolean isMissing(Position after) {
        return !after.equals(Position.FIRST) && after.row() < number(DROPPED);
    }

    /**
     * Reads events after a place.
     *
     * @param namespaces null: all, and events of none
     * @param rows how many rows at most; each holds what one transaction did, up to 500 events
     */
    public Read after(Position after, @Nullable Set<String> namespaces, int rows) {
        long settled = number(SETTLED);
        return database.with(
                READ,
                statement -> {
                    statement.setLong(1, after.row());
                    statement.setLong(2, settled);
                    new SqlParameters(statement, 2).twice(namespaces);
                    statement.setInt(5, rows);
                    return read(statement, after, settled, rows);
                });
    }

    private Read read(PreparedStatement statement, Position after, long settled, int rows)
            throws SQLException {
        var events = new ArrayList<Event>();
        int found = 0;
        long last = 0;
        try (var row = statement.executeQuery()) {
            while (row.next()) {
                found++;
                last = row.getLong("id");
                add(
                        events,
                        after,
                        last,
                        row.getObject("at", OffsetDateTime.class).toInstant(),
                        row.getString("namespace"),
                        items(last, row));
            }
        }
        boolean isLast = found < rows;
        var end = Position.endOf(isLast ? Math.max(settled, last) : last);
        return new Read(events, after.compareTo(end) > 0 ? after : end, isLast);
    }

    /** A row that cannot be read holds up nobody. */
    private EventItem[] items(long number, ResultSet row) throws SQLException {
        try {
            String items = row.getString("items");
            return items == null ? alike(row) : json.stored(items, EventItem[].class);
        } catch (IllegalStateException | IllegalArgumentException unreadable) {
            Log.warnf("events skipped row=%d: %s", number, unreadable.getMessage());
            return new EventItem[0];
        }
    }

    private static EventItem[] alike(ResultSet row) throws SQLException {
        var executions = (UUID[]) row.getArray("execution_ids").getArray();
        var ofJobs = row.getArray("job_ids");
        var jobs = ofJobs == null ? new UUID[executions.length] : (UUID[]) ofJobs.getArray();
        var items = new EventItem[executions.length];
        for (int index = 0; index < items.length; index++) {
            items[index] =
                    EventItem.ofExecution(
                            row.getString("kind"),
                            executions[index],
                            jobs[index],
                            row.getString("type"),
                            row.getInt("attempt"),
                            row.getString("reason"),
                            row.getString("code"));
        }
        return items;
    }

    private void add(
            List<Event> events,
            Position after,
            long row,
            Instant at,
            @Nullable String namespace,
            EventItem[] items) {
        for (int index = 0; index < items.length; index++) {
            var position = new Position(row, index);
            if (position.compareTo(after) > 0) {
                var view = EventView.of(position, at, namespace, items[index]);
                events.add(new Event(position, view, json.text(view)));
            }
        }
    }

    private long number(@Language("SQL") String sql) {
        return database.with(
                sql,
                statement -> {
                    try (var row = statement.executeQuery()) {
                        row.next();
                        return row.getLong(1);
                    }
                });
    }
}
