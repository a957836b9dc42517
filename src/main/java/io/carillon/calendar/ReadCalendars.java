package io.carillon.calendar;

import io.carillon.schedule.Exclusion;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Caches the calendars that one transaction reads: if many jobs name the same set, it is read once.
 * Not thread-safe.
 */
public final class ReadCalendars {
    /** Bounds memory if a million jobs each name other calendars. */
    private static final int MAX_KNOWN = 1000;

    private final Read read;
    private final Map<Names, Map<String, Exclusion>> known = new HashMap<>();

    private record Names(String namespace, List<String> names) {}

    /** Asks the database. */
    interface Read {
        Map<String, Exclusion> of(String namespace, List<String> names) throws SQLException;
    }

    ReadCalendars(Read read) {
        this.read = read;
    }

    /** Returns the calendars with these names; those that do not exist are absent. */
    public Map<String, Exclusion> of(String namespace, @Nullable List<String> names)
            throws SQLException {
        if (names == null) {
            return Map.of();
        }
        var wanted = new Names(namespace, names);
        var found = known.get(wanted);
        if (found == null) {
            if (known.size() == MAX_KNOWN) {
                known.clear();
            }
            found = read.of(namespace, names);
            known.put(wanted, found);
        }
        return found;
    }
}
