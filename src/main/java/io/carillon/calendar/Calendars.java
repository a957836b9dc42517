package io.carillon.calendar;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.carillon.json.Json;
import io.carillon.schedule.Exclusion;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.intellij.lang.annotations.Language;

/** Reads calendars for compiling schedules. */
@ApplicationScoped
public class Calendars {
    private static final long MAX_KEPT = 1000;

    @Language("SQL")
    private static final String READ =
            "select name, definition from calendar where namespace = ? and name = any(?)";

    /**
     * Locks in order, so that two jobs that name the same two calendars do not wait for each other.
     */
    @Language("SQL")
    private static final String HOLD =
            """
            select name, definition from calendar where namespace = ? and name = any(?)
            order by name for share
            """;

    private final Json json;
    private final Cache<Key, Exclusion> compiled =
            Caffeine.newBuilder().maximumSize(MAX_KEPT).build();

    /**
     * The key is the definition, not the version: a change that is rolled back would leave its
     * calendar cached under its version.
     */
    private record Key(String name, String definition) {}

    Calendars(Json json) {
        this.json = json;
    }

    /** Reads the current calendars. */
    public ReadCalendars read(Connection connection) {
        return new ReadCalendars((namespace, names) -> read(connection, READ, namespace, names));
    }

    /**
     * Reads the current calendars and locks them against changes until the caller's transaction
     * ends; for callers that store what they computed from them.
     */
    public ReadCalendars hold(Connection connection) {
        return new ReadCalendars((namespace, names) -> read(connection, HOLD, namespace, names));
    }

    private Map<String, Exclusion> read(
            Connection connection,
            @Language("SQL") String sql,
            String namespace,
            Collection<String> names)
            throws SQLException {
        var calendars = new HashMap<String, Exclusion>();
        try (var statement = connection.prepareStatement(sql)) {
            statement.setString(1, namespace);
            statement.setArray(2, connection.createArrayOf("varchar", names.toArray()));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    var key = new Key(row.getString(1), row.getString(2));
                    calendars.put(key.name, compiled.get(key, this::compile));
                }
            }
        }
        return calendars;
    }

    private Exclusion compile(Key key) {
        return json.stored(key.definition, CalendarDefinition.class).compile(key.name);
    }
}
