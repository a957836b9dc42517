package io.carillon.tenancy;

import io.carillon.problem.Problem.Violation;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.carillon.replica.Loop;
import io.carillon.replica.Loops;
import io.carillon.replica.StartOrder;
import io.carillon.schedule.DurationText;
import io.carillon.schedule.Schedule;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Refuses jobs, submissions and schedules beyond a quota; the package-info explains how. Claims
 * keep {@code concurrentExecutions} ({@code execution.dispatch.LimitedQueues}).
 */
@ApplicationScoped
public class NamespaceQuotas {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** How many instants of a schedule are compared: a day of one that fires every minute. */
    private static final int INSTANTS = 1500;

    @Language("SQL")
    private static final String LOCK =
            "select max_jobs from namespace where name = ? and max_jobs is not null for update";

    @Language("SQL")
    private static final String COUNT =
            "select count(*) from job where namespace = ? and deleted_at is null";

    @Language("SQL")
    private static final String ROOM =
            """
            select greatest(0, submissions_per_minute
                               - case when minute_at = date_trunc('minute', now()) then submitted else 0 end)
            from namespace where name = ? and submissions_per_minute is not null
            for update
            """;

    @Language("SQL")
    private static final String SUBMITTED =
            """
            update namespace
            set submitted = case when minute_at = date_trunc('minute', now()) then submitted else 0 end + ?,
                minute_at = date_trunc('minute', now())
            where name = ?
            """;

    private final NamespaceStore store;
    private final Loops loops;
    private final Loop loop;

    /** The quotas of the namespaces that have some. */
    private volatile Map<String, Quotas> quotas = Map.of();

    NamespaceQuotas(NamespaceStore store, Loops loops) {
        this.store = store;
        this.loops = loops;
        this.loop = loops.background("quotas", this::round);
    }

    void start(@Observes @Priority(StartOrder.NOTIFICATIONS) StartupEvent event) {
        loops.start(loop);
    }

    void stop(@Observes @Priority(StartOrder.NOTIFICATIONS) ShutdownEvent event) {
        loop.stop();
    }

    private Duration round() {
        read();
        return PAUSE;
    }

    /** Reads changed quotas at once, on the replica that changes them. */
    void read() {
        quotas =
                store.all().stream()
                        .filter(each -> !each.quotas().equals(Quotas.NONE))
                        .collect(Collectors.toUnmodifiableMap(Namespace::name, Namespace::quotas));
    }

    /**
     * Refuses jobs beyond the quota that were inserted or restored in the transaction of {@code
     * connection}. If two transactions do so at once, the second counts after the first has
     * committed.
     *
     * @throws ProblemException 409 naming the quota
     */
    public void checkJobs(Connection connection, Collection<String> namespaces)
            throws SQLException {
        for (var namespace : new TreeSet<>(namespaces)) {
            if (quotas(namespace).jobs() != null) {
                long most = number(connection, LOCK, namespace);
                if (most >= 0 && number(connection, COUNT, namespace) > most) {
                    throw new ProblemException(
                            ProblemKind.QUOTA_EXCEEDED,
                            "The namespace '%s' may have %,d jobs (its quota jobs)."
                                    .formatted(namespace, most));
                }
            }
        }
    }

    /**
     * Returns how many executions each namespace with such a quota may still submit in this minute.
     * Locks these namespaces until the transaction of {@code connection} ends.
     */
    public Map<String, Integer> roomForSubmissions(
            Connection connection, Collection<String> namespaces) throws SQLException {
        var room = new HashMap<String, Integer>();
        for (var namespace : new TreeSet<>(namespaces)) {
            if (quotas(namespace).submissionsPerMinute() != null) {
                long left = number(connection, ROOM, namespace);
                if (left >= 0) {
                    room.put(namespace, (int) left);
                }
            }
        }
        return room;
    }

    /** Counts what was submitted by a namespace of {@link #roomForSubmissions}. */
    public void submitted(Connection connection, String namespace, int count) throws SQLException {
        try (var statement = connection.prepareStatement(SUBMITTED)) {
            statement.setInt(1, count);
            statement.setString(2, namespace);
            statement.executeUpdate();
        }
    }

    /** Returns the 429 for a submission beyond the quota. */
    public ProblemException submissionsExceeded(String namespace) {
        return new ProblemException(
                ProblemKind.SUBMISSIONS_EXCEEDED,
                "The namespace '%s' has submitted as many executions in this minute as it may (its quota submissionsPerMinute)."
                        .formatted(namespace));
    }

    /**
     * Refuses a schedule that is denser than its namespace allows.
     *
     * @param now the start of the instants to compare
     * @throws ProblemException 409 naming the quota
     */
    public void checkDensity(String namespace, Schedule schedule, Instant now) {
        if (!(quotas(namespace).minInterval() instanceof Duration least)) {
            return;
        }
        var before = schedule.next(now);
        for (int count = 0; before != null && count < INSTANTS; count++) {
            var next = schedule.next(before);
            if (next != null && Duration.between(before, next).compareTo(least) < 0) {
                String message =
                        "plans %s and %s, which is closer than the %s of the namespace '%s' (its quota minInterval)"
                                .formatted(before, next, DurationText.inWords(least), namespace);
                throw new ProblemException(
                        ProblemKind.QUOTA_EXCEEDED,
                        "schedule: " + message,
                        List.of(new Violation("schedule", message)));
            }
            before = next;
        }
    }

    /** Returns how many bytes of a result the namespace may keep; null: as many as any. */
    public @Nullable Integer resultBytes(String namespace) {
        return quotas(namespace).resultBytes();
    }

    private Quotas quotas(String namespace) {
        return quotas.getOrDefault(namespace, Quotas.NONE);
    }

    /** Returns -1 if there is no such row. */
    private static long number(Connection connection, @Language("SQL") String sql, String namespace)
            throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            statement.setString(1, namespace);
            try (var row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : -1;
            }
        }
    }
}
