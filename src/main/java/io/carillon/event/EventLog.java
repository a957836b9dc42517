package io.carillon.event;

import io.carillon.database.ArrayParameters;
import io.carillon.json.Json;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/** Writes events, in the transaction in which they happen. */
@ApplicationScoped
public class EventLog {
    @Language("SQL")
    private static final String INSERT =
            "insert into event (namespace, items) select * from unnest(?::varchar[], ?::jsonb[])";

    private static final int MAX_ITEMS_OF_A_ROW = 500;

    private final Json json;
    private final boolean isOn;
    private final Set<String> excluded;

    /** What happened in a namespace; null: in none. */
    public record Happened(@Nullable String namespace, EventItem item) {}

    private record Row(@Nullable String namespace, String items) {}

    EventLog(Json json, EventConfig config) {
        this.json = json;
        this.isOn = config.enabled();
        this.excluded = config.excludedNamespaces().orElse(Set.of());
    }

    /** Whether events of a namespace are written. */
    public boolean isOn(@Nullable String namespace) {
        return isOn && (namespace == null || !excluded.contains(namespace));
    }

    /** Writes what happened, in this order within each namespace, unless events are off there. */
    public void add(Connection connection, List<Happened> happened) throws SQLException {
        var rows = rows(happened);
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

    private List<Row> rows(List<Happened> happened) {
        var byNamespace = new LinkedHashMap<String, List<EventItem>>();
        for (var each : happened) {
            if (isOn(each.namespace)) {
                byNamespace
                        .computeIfAbsent(
                                each.namespace == null ? "" : each.namespace,
                                namespace -> new ArrayList<>())
                        .add(each.item);
            }
        }
        var rows = new ArrayList<Row>();
        byNamespace.forEach(
                (namespace, items) -> {
                    for (int from = 0; from < items.size(); from += MAX_ITEMS_OF_A_ROW) {
                        int to = Math.min(items.size(), from + MAX_ITEMS_OF_A_ROW);
                        rows.add(
                                new Row(
                                        namespace.isEmpty() ? null : namespace,
                                        json.text(items.subList(from, to))));
                    }
                });
        return rows;
    }
}
