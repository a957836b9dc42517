package io.carillon.event;

import io.carillon.database.ArrayParameters;
import io.carillon.json.Json;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/** Writes events, in the transaction in which they happen. */
@ApplicationScoped
public class EventLog {
    @Language("SQL")
    private static final String INSERT =
            "insert into event (namespace, items) select * from unnest(?::varchar[], ?::jsonb[])";

    /**
     * Executions end ten thousand times a second; as JSON these cost them a tenth of their speed.
     */
    @Language("SQL")
    private static final String INSERT_ALIKE =
            """
            insert into event (namespace, kind, type, attempt, reason, code, execution_ids, job_ids)
            values (?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final int MAX_ITEMS_OF_A_ROW = 500;

    private final Json json;
    private final boolean isOn;
    private final Set<String> excluded;

    /** Holds what happened in a namespace; null: in none. */
    public record Happened(@Nullable String namespace, EventItem item) {}

    private record Row(@Nullable String namespace, String items) {}

    /** The part that executions which end alike have in common. */
    private record Alike(
            @Nullable String namespace,
            String kind,
            @Nullable String type,
            @Nullable Integer attempt,
            @Nullable String reason,
            @Nullable String code) {}

    EventLog(Json json, EventConfig config) {
        this.json = json;
        this.isOn = config.enabled();
        this.excluded = config.excludedNamespaces().orElse(Set.of());
    }

    /** Whether events of a namespace are written. */
    public boolean isOn(@Nullable String namespace) {
        return isOn && (namespace == null || !excluded.contains(namespace));
    }

    /**
     * Writes what happened, unless events are off there. Within a namespace the order is kept, but
     * for executions: those that end alike are written together, after everything else.
     */
    public void add(Connection connection, List<Happened> happened) throws SQLException {
        var alike = new LinkedHashMap<Alike, List<EventItem>>();
        var others = new LinkedHashMap<Optional<String>, List<EventItem>>();
        for (var each : happened) {
            if (!isOn(each.namespace)) {
                continue;
            }
            var item = each.item;
            var together =
                    item.isOfExecution()
                            ? alike.computeIfAbsent(alike(each.namespace, item), EventLog::none)
                            : others.computeIfAbsent(
                                    Optional.ofNullable(each.namespace), EventLog::none);
            together.add(item);
        }
        addOthers(connection, others);
        addAlike(connection, alike);
    }

    private static List<EventItem> none(Object key) {
        return new ArrayList<>();
    }

    private static Alike alike(@Nullable String namespace, EventItem item) {
        return new Alike(
                namespace, item.kind(), item.type(), item.attempt(), item.reason(), item.code());
    }

    private void addOthers(Connection connection, Map<Optional<String>, List<EventItem>> others)
            throws SQLException {
        var rows = new ArrayList<Row>();
        others.forEach(
                (namespace, items) ->
                        parts(items)
                                .forEach(
                                        part ->
                                                rows.add(
                                                        new Row(
                                                                namespace.orElse(null),
                                                                json.text(part)))));
        if (rows.isEmpty()) {
            return;
        }
        try (var statement = connection.prepareStatement(INSERT)) {
            new ArrayParameters<>(statement, 1, rows)
                    .add("varchar", Row::namespace)
                    .texts(Row::items);
            statement.executeUpdate();
        }
    }

    private static void addAlike(Connection connection, Map<Alike, List<EventItem>> alike)
            throws SQLException {
        if (alike.isEmpty()) {
            return;
        }
        try (var statement = connection.prepareStatement(INSERT_ALIKE)) {
            for (var each : alike.entrySet()) {
                for (var part : parts(each.getValue())) {
                    var common = each.getKey();
                    statement.setString(1, common.namespace);
                    statement.setString(2, common.kind);
                    statement.setString(3, common.type);
                    statement.setObject(4, common.attempt, Types.INTEGER);
                    statement.setString(5, common.reason);
                    statement.setString(6, common.code);
                    setIds(statement, 7, part, EventItem::executionId);
                    boolean isOfJobs = part.stream().anyMatch(item -> item.jobId() != null);
                    setIds(statement, 8, isOfJobs ? part : null, EventItem::jobId);
                    statement.addBatch();
                }
            }
            statement.executeBatch();
        }
    }

    private static void setIds(
            PreparedStatement statement,
            int index,
            @Nullable List<EventItem> items,
            Function<EventItem, @Nullable UUID> id)
            throws SQLException {
        statement.setArray(
                index,
                items == null
                        ? null
                        : statement
                                .getConnection()
                                .createArrayOf("uuid", items.stream().map(id).toArray()));
    }

    private static List<List<EventItem>> parts(List<EventItem> items) {
        var parts = new ArrayList<List<EventItem>>();
        for (int from = 0; from < items.size(); from += MAX_ITEMS_OF_A_ROW) {
            parts.add(items.subList(from, Math.min(items.size(), from + MAX_ITEMS_OF_A_ROW)));
        }
        return parts;
    }
}
