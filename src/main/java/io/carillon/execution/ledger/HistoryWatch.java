package io.carillon.execution.ledger;

import io.carillon.database.Database;
import io.carillon.housekeeping.Housekeeping;
import io.carillon.replica.Loop;
import io.carillon.replica.Loops;
import io.carillon.replica.StartOrder;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.intellij.lang.annotations.Language;

/**
 * Reads what the ledger keeps each time a replica has made and dropped days: one replica does that
 * for all, and each one shows it.
 */
@ApplicationScoped
class HistoryWatch {
    private static final Duration PAUSE = Duration.ofSeconds(5);

    /** Ignores rows outside of days, which are few. */
    @Language("SQL")
    private static final String SIZE =
            """
            select coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint
            from pg_inherits i join pg_class c on c.oid = i.inhrelid
            where i.inhparent = 'execution'::regclass and c.relname ~ '^execution_\\d{8}$'
            """;

    private final Database database;
    private final Housekeeping housekeeping;
    private final HistoryMetrics metrics;
    private final Loops loops;
    private final Loop loop;
    private Instant seen = Instant.EPOCH;

    HistoryWatch(
            Database database, Housekeeping housekeeping, HistoryMetrics metrics, Loops loops) {
        this.database = database;
        this.housekeeping = housekeeping;
        this.metrics = metrics;
        this.loops = loops;
        this.loop = loops.background("history", this::round);
    }

    void start(@Observes @Priority(StartOrder.DISPATCH) StartupEvent event) {
        loops.start(loop);
    }

    void stop(@Observes @Priority(StartOrder.DISPATCH) ShutdownEvent event) {
        loop.stop();
    }

    private Duration round() {
        var doneAt = housekeeping.doneAt(Partitions.NAME).orElse(Instant.EPOCH);
        if (doneAt.isAfter(seen)) {
            metrics.pruned(doneAt, database.with(HistoryWatch::look));
            seen = doneAt;
        }
        return PAUSE;
    }

    private static HistoryMetrics.Kept look(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(SIZE);
                var row = statement.executeQuery()) {
            row.next();
            var days = Partitions.days(connection);
            var oldest = days.stream().min(LocalDate::compareTo);
            return new HistoryMetrics.Kept(
                    days.size(),
                    oldest.map(day -> day.atStartOfDay(ZoneOffset.UTC).toInstant())
                            .orElse(Instant.EPOCH),
                    row.getLong(1));
        }
    }
}
