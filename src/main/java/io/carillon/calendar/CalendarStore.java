package io.carillon.calendar;

import io.carillon.database.SqlParameters;
import io.carillon.json.Json;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/** Writes calendars and lists them; what schedules read of them is in {@link Calendars}. */
@ApplicationScoped
class CalendarStore {
    @Language("SQL")
    private static final String LIST =
            """
            select namespace, name, version, definition, created_at, updated_at from calendar
            where ?::varchar[] is null or namespace = any (?)
            order by namespace, name limit ? offset ?
            """;

    @Language("SQL")
    private static final String COUNT =
            "select count(*) from calendar where ?::varchar[] is null or namespace = any (?)";

    @Language("SQL")
    private static final String FIND =
            """
            select namespace, name, version, definition, created_at, updated_at from calendar
            where namespace = ? and name = ?
            """;

    @Language("SQL")
    private static final String LOCK =
            """
            select namespace, name, version, definition, created_at, updated_at from calendar
            where namespace = ? and name = ? for update
            """;

    @Language("SQL")
    private static final String INSERT =
            """
            insert into calendar (id, namespace, name, definition) values (?, ?, ?, ?::jsonb)
            on conflict (namespace, name) do nothing
            """;

    @Language("SQL")
    private static final String UPDATE =
            """
            update calendar set definition = ?::jsonb, version = version + 1, updated_at = clock_timestamp()
            where namespace = ? and name = ?
            """;

    @Language("SQL")
    private static final String DELETE = "delete from calendar where namespace = ? and name = ?";

    private final Json json;

    CalendarStore(Json json) {
        this.json = json;
    }

    /**
     * @param namespaces the namespaces to list; null for all
     */
    List<CalendarView> list(
            Connection connection, @Nullable Set<String> namespaces, int limit, long offset)
            throws SQLException {
        var calendars = new ArrayList<CalendarView>();
        try (var statement = connection.prepareStatement(LIST)) {
            new SqlParameters(statement).twice(namespaces);
            statement.setInt(3, limit);
            statement.setLong(4, offset);
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    calendars.add(view(row));
                }
            }
        }
        return calendars;
    }

    long count(Connection connection, @Nullable Set<String> namespaces) throws SQLException {
        try (var statement = connection.prepareStatement(COUNT)) {
            new SqlParameters(statement).twice(namespaces);
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    Optional<CalendarView> find(Connection connection, String namespace, String name)
            throws SQLException {
        return one(connection, FIND, namespace, name);
    }

    /** Locks the calendar against changes and against jobs that start to use it. */
    Optional<CalendarView> lock(Connection connection, String namespace, String name)
            throws SQLException {
        return one(connection, LOCK, namespace, name);
    }

    private Optional<CalendarView> one(
            Connection connection, @Language("SQL") String sql, String namespace, String name)
            throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            statement.setString(1, namespace);
            statement.setString(2, name);
            try (var row = statement.executeQuery()) {
                return row.next() ? Optional.of(view(row)) : Optional.empty();
            }
        }
    }

    /** Inserts a calendar; false if the name is taken. */
    boolean insert(
            Connection connection,
            UUID id,
            String namespace,
            String name,
            CalendarDefinition definition)
            throws SQLException {
        try (var statement = connection.prepareStatement(INSERT)) {
            statement.setObject(1, id);
            statement.setString(2, namespace);
            statement.setString(3, name);
            statement.setString(4, json.text(definition));
            return statement.executeUpdate() == 1;
        }
    }

    void update(Connection connection, String namespace, String name, CalendarDefinition definition)
            throws SQLException {
        try (var statement = connection.prepareStatement(UPDATE)) {
            statement.setString(1, json.text(definition));
            statement.setString(2, namespace);
            statement.setString(3, name);
            statement.executeUpdate();
        }
    }

    void delete(Connection connection, String namespace, String name) throws SQLException {
        try (var statement = connection.prepareStatement(DELETE)) {
            statement.setString(1, namespace);
            statement.setString(2, name);
            statement.executeUpdate();
        }
    }

    private CalendarView view(ResultSet row) throws SQLException {
        var definition = json.stored(row.getString(4), CalendarDefinition.class);
        return new CalendarView(
                row.getString(1),
                row.getString(2),
                row.getLong(3),
                definition.description(),
                definition.timeZone(),
                definition.entries(),
                row.getObject(5, OffsetDateTime.class).toInstant(),
                row.getObject(6, OffsetDateTime.class).toInstant());
    }
}
