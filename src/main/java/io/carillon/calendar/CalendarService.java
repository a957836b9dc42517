package io.carillon.calendar;

import io.carillon.audit.AuditLog;
import io.carillon.database.Database;
import io.carillon.database.DatabaseClock;
import io.carillon.database.UuidV7;
import io.carillon.problem.Problem.Violation;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Changes calendars together with the triggers of the jobs that use them. The package-info explains
 * the protocol.
 */
@ApplicationScoped
public class CalendarService {
    private static final int MAX_TRIES = 5;
    private static final int MAX_NAMES = 10;

    private final Database database;
    private final CalendarStore store;
    private final CalendarUsers users;
    private final AuditLog audit;
    private final DatabaseClock clock;

    /** A calendar, and whether it is new. */
    record Declared(CalendarView calendar, boolean isNew) {}

    /** Thrown when another change interfered: the transaction is rolled back and started again. */
    private static final class Overtaken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Overtaken() {
            super("overtaken", null, false, false);
        }
    }

    CalendarService(
            Database database,
            CalendarStore store,
            CalendarUsers users,
            AuditLog audit,
            DatabaseClock clock) {
        this.database = database;
        this.store = store;
        this.users = users;
        this.audit = audit;
        this.clock = clock;
    }

    public Optional<CalendarView> find(String namespace, String name) {
        return database.with(connection -> store.find(connection, namespace, name));
    }

    public CalendarView.Page page(@Nullable Set<String> namespaces, int page, int limit) {
        return database.with(
                connection -> {
                    long total = store.count(connection, namespaces);
                    var items = store.list(connection, namespaces, limit, (page - 1L) * limit);
                    return new CalendarView.Page(
                            items, page, limit, total, (total + limit - 1) / limit);
                });
    }

    /**
     * Creates the calendar, or replaces its definition. If nothing differs, no new version is made.
     *
     * @param expectedVersion from If-Match; null to change whatever is there
     */
    Declared declare(
            String namespace,
            String name,
            CalendarDefinition definition,
            @Nullable Long expectedVersion) {
        definition.compile(name);
        for (int tries = 1; ; tries++) {
            try {
                return inTransaction(
                        connection ->
                                declare(connection, namespace, name, definition, expectedVersion));
            } catch (Overtaken again) {
                if (tries == MAX_TRIES) {
                    throw new ProblemException(
                            ProblemKind.CONFLICT,
                            "Other changes of the calendar's jobs keep interfering.");
                }
            }
        }
    }

    private Declared declare(
            Connection connection,
            String namespace,
            String name,
            CalendarDefinition definition,
            @Nullable Long expectedVersion)
            throws SQLException {
        if (store.find(connection, namespace, name).isEmpty()) {
            if (expectedVersion != null) {
                throw new ProblemException(
                        ProblemKind.STALE_VERSION, "There is no calendar " + name + ".");
            }
            if (!store.insert(connection, UuidV7.at(clock.now()), namespace, name, definition)) {
                throw new Overtaken();
            }
            record(connection, "CALENDAR_CREATED", namespace, Map.of("after", definition), name);
            return new Declared(stored(connection, namespace, name), true);
        }
        var jobs = users.settle(connection, namespace, name);
        var locked = store.lock(connection, namespace, name).orElseThrow(Overtaken::new);
        requireVersion(locked, expectedVersion);
        if (locked.definition().equals(definition)) {
            return new Declared(locked, false);
        }
        if (!jobs.keySet().containsAll(users.of(connection, namespace, name))) {
            throw new Overtaken();
        }
        store.update(connection, namespace, name, definition);
        users.move(connection, jobs);
        record(
                connection,
                "CALENDAR_CHANGED",
                namespace,
                Map.of("before", locked.definition(), "after", definition),
                name);
        return new Declared(stored(connection, namespace, name), false);
    }

    private void record(
            Connection connection,
            String action,
            String namespace,
            Map<String, ?> change,
            String name)
            throws SQLException {
        var details = new TreeMap<String, Object>(change);
        details.put("calendar", name);
        audit.add(connection, action, namespace, null, details);
    }

    private CalendarView stored(Connection connection, String namespace, String name)
            throws SQLException {
        return store.find(connection, namespace, name).orElseThrow();
    }

    /** Deletes a calendar; 409 while jobs use it. */
    void delete(String namespace, String name, @Nullable Long expectedVersion) {
        inTransaction(
                connection -> {
                    var locked =
                            store.lock(connection, namespace, name)
                                    .orElseThrow(() -> notFound(namespace, name));
                    requireVersion(locked, expectedVersion);
                    var names = users.names(connection, namespace, name, MAX_NAMES + 1);
                    if (!names.isEmpty()) {
                        throw inUse(name, names);
                    }
                    store.delete(connection, namespace, name);
                    record(
                            connection,
                            "CALENDAR_DELETED",
                            namespace,
                            Map.of("before", locked.definition()),
                            name);
                    return name;
                });
    }

    public static ProblemException notFound(String namespace, String name) {
        return new ProblemException(
                ProblemKind.NOT_FOUND,
                "There is no calendar '%s' in the namespace '%s'.".formatted(name, namespace));
    }

    private static ProblemException inUse(String name, List<String> jobs) {
        boolean more = jobs.size() > MAX_NAMES;
        String named = String.join(", ", more ? jobs.subList(0, MAX_NAMES) : jobs);
        return new ProblemException(
                ProblemKind.CONFLICT,
                "The calendar '%s' is used by the jobs %s%s."
                        .formatted(name, named, more ? " and others" : ""),
                List.of(new Violation("name", "is used by jobs")));
    }

    private static void requireVersion(CalendarView calendar, @Nullable Long expected) {
        if (expected != null && expected != calendar.version()) {
            throw new ProblemException(
                    ProblemKind.STALE_VERSION,
                    "The calendar is at version " + calendar.version() + ", not " + expected + ".");
        }
    }

    /** Uses a JTA transaction, because Hibernate reads the jobs that use a calendar. */
    private <T> T inTransaction(Database.Work<T> work) {
        return QuarkusTransaction.requiringNew().call(() -> database.with(work));
    }
}
