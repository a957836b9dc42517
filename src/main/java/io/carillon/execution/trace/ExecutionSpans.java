package io.carillon.execution.trace;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.database.BackgroundPool;
import io.carillon.database.Database;
import io.carillon.database.SqlArrays;
import io.carillon.database.UuidV7;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.Origin;
import io.carillon.execution.trace.EndedExecution.Lost;
import io.carillon.json.Json;
import io.carillon.replica.Loop;
import io.carillon.replica.Loops;
import io.carillon.replica.StartOrder;
import io.carillon.trace.Traces;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Writes the spans of executions that have ended on this replica. It reads them by their ids, since
 * only the ledger knows an execution that several replicas have had a part in.
 */
@ApplicationScoped
class ExecutionSpans {
    private static final int MAX_BATCH = 500;
    private static final int MAX_LAST_BATCHES = 100;
    private static final Duration PAUSE = Duration.ofMillis(500);

    @Language("SQL")
    private static final String ENDED =
            """
            select e.id, e.job_id, j.name as job_name, e.namespace, e.type, e.queue, e.state, e.origin, e.scheduled_at,
                   e.planned_at, e.created_at, e.finished_at, e.attempt, e.worker_id, e.error ->> 'code' as code,
                   e.reason, jsonb_path_query_array(e.errors, '$[*] ? (@.code == "WORKER_LOST")') as lost,
                   e.depends_on, e.replay_of, e.caused_by
            from unnest(?::uuid[], ?::bigint[]) as w (id, at)
            join execution e on e.id = w.id
                            and e.scheduled_at >= timestamptz 'epoch' + w.at * interval '1 millisecond'
                            and e.scheduled_at < timestamptz 'epoch' + (w.at + 1) * interval '1 millisecond'
            left join job j on j.id = e.job_id
            where e.finished_at is not null
            """;

    private final Traces traces;
    private final Database database;
    private final Json json;
    private final Loops loops;
    private final Loop loop;

    /**
     * Those of a round that failed; used only by the loop's thread, and at last by the one that
     * stops it.
     */
    private Collection<UUID> taken = List.of();

    /** Those whose end was not committed yet when they were looked for first. */
    private Set<UUID> early = Set.of();

    ExecutionSpans(Traces traces, @BackgroundPool Database database, Json json, Loops loops) {
        this.traces = traces;
        this.database = database;
        this.json = json;
        this.loops = loops;
        this.loop = loops.background("execution-spans", this::round);
    }

    void start(@Observes @Priority(StartOrder.KEYS) StartupEvent event) {
        if (traces.areOn()) {
            loops.start(loop);
        }
    }

    /** After the last outcomes are stored. */
    void stop(@Observes @Priority(StartOrder.HOUSEKEEPING) ShutdownEvent event) {
        if (traces.areOn()) {
            loop.stop();
            writeTheRest();
        }
    }

    private void writeTheRest() {
        try {
            int batches = 0;
            while (write() > 0 && batches < MAX_LAST_BATCHES) {
                batches++;
            }
        } catch (RuntimeException failure) {
            Log.warnf("spans of the last executions not written: %s", failure.getMessage());
        }
    }

    private Duration round() {
        return write() >= MAX_BATCH ? Duration.ZERO : PAUSE;
    }

    private int write() {
        if (taken.isEmpty()) {
            taken = new ArrayList<>(traces.takeEnded(MAX_BATCH));
            taken.addAll(early);
        }
        int count = taken.size();
        if (count > 0) {
            var ended = read(taken);
            var missing = new HashSet<>(taken);
            ended.forEach(each -> missing.remove(each.id()));
            missing.removeAll(early);
            ended.forEach(this::add);
            early = missing;
            taken = List.of();
        }
        return count;
    }

    private void add(EndedExecution ended) {
        try {
            ended.spans().forEach(traces::add);
        } catch (RuntimeException failure) {
            Log.warnf(failure, "spans not written executionId=%s", ended.id());
        }
    }

    private List<EndedExecution> read(Collection<UUID> ids) {
        return database.with(
                ENDED,
                statement -> {
                    var connection = statement.getConnection();
                    statement.setArray(1, connection.createArrayOf("uuid", ids.toArray()));
                    statement.setArray(
                            2,
                            SqlArrays.longs(
                                    connection,
                                    ids.stream().mapToLong(UuidV7::epochMillis).toArray()));
                    var ended = new ArrayList<EndedExecution>(ids.size());
                    try (var row = statement.executeQuery()) {
                        while (row.next()) {
                            read(row).ifPresent(ended::add);
                        }
                    }
                    return ended;
                });
    }

    /** One that this version cannot read holds up no other. */
    private Optional<EndedExecution> read(ResultSet row) throws SQLException {
        try {
            return Optional.of(endedOf(row));
        } catch (RuntimeException unreadable) {
            Log.warnf(
                    unreadable,
                    "execution not read for its spans executionId=%s",
                    row.getString("id"));
            return Optional.empty();
        }
    }

    private EndedExecution endedOf(ResultSet row) throws SQLException {
        return new EndedExecution(
                row.getObject("id", UUID.class),
                row.getObject("job_id", UUID.class),
                row.getString("job_name"),
                row.getString("namespace"),
                row.getString("type"),
                row.getString("queue"),
                ExecutionState.valueOf(row.getString("state")),
                Origin.valueOf(row.getString("origin")),
                row.getObject("scheduled_at", OffsetDateTime.class).toInstant(),
                instant(row.getObject("planned_at", OffsetDateTime.class)),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getObject("finished_at", OffsetDateTime.class).toInstant(),
                row.getInt("attempt"),
                row.getObject("worker_id", UUID.class),
                row.getString("code"),
                row.getString("reason"),
                lost(row.getString("lost")),
                causes(row));
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime at) {
        return at == null ? null : at.toInstant();
    }

    private List<Lost> lost(@Nullable String errors) {
        var lost = new ArrayList<Lost>();
        if (errors != null) {
            for (JsonNode error : json.tree(errors)) {
                lost.add(
                        new Lost(
                                error.path("attempt").asInt(),
                                OffsetDateTime.parse(error.path("at").asText()).toInstant()));
            }
        }
        return lost;
    }

    private static List<UUID> causes(ResultSet row) throws SQLException {
        var causes = new ArrayList<UUID>();
        for (String column : List.of("caused_by", "replay_of")) {
            var cause = row.getObject(column, UUID.class);
            if (cause != null) {
                causes.add(cause);
            }
        }
        var dependsOn = row.getArray("depends_on");
        if (dependsOn != null) {
            causes.addAll(List.of((UUID[]) dependsOn.getArray()));
        }
        return causes;
    }
}
