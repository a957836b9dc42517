package io.carillon.execution.follow;

import io.carillon.database.ArrayParameters;
import io.carillon.database.BackgroundPool;
import io.carillon.database.Database;
import io.carillon.database.Notifications;
import io.carillon.database.Topic;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.ledger.Ends;
import io.carillon.execution.ledger.ExecutionControl;
import io.carillon.execution.ledger.ExecutionControl.Dependent;
import io.carillon.execution.ledger.ExecutionControl.Row;
import io.carillon.execution.ledger.RowByRow;
import io.carillon.replica.Loop;
import io.carillon.replica.Loops;
import io.carillon.replica.Roles;
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
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Releases or cancels what waits for the end of an execution: submissions that depend on it, and
 * its job's next execution. It works off the notes of {@link Ends}, a bounded number of rows in
 * each transaction. Executions that it cancels have ended too, so they are noted in their turn.
 *
 * <p><b>Why none is forgotten.</b> A transaction that adds a follower first locks and marks the
 * execution that is followed. If that execution ends first, the new follower sees that it has
 * ended. If not, the statement that ends it waits for the lock, and its note is read here after the
 * follower was written. A note is deleted in the transaction that updates the followers.
 *
 * <p><b>Why two ends at the same time release exactly once.</b> Both lock the follower. A
 * dependent's count goes down under its row lock. A job's next execution is locked before the job's
 * other executions are read, so the later of the two sees the end of the earlier.
 *
 * <p><b>Why there is no deadlock.</b> A transaction that ends executions locks only those, in the
 * order of their ids. Here everything to be released or cancelled is found first and then locked in
 * one statement, in the same order.
 */
@ApplicationScoped
public class Followers {
    private static final int ENDS_PER_TRANSACTION = 500;
    private static final int MAX_ROWS_PER_TRANSACTION = 1000;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    @Language("SQL")
    public static final String TAKE_ENDS =
            """
            select id, execution_id, job_id, state from untold_end
            order by id
            limit ? offset ?
            for update skip locked
            """;

    @Language("SQL")
    private static final String FORGET_ENDS = "delete from untold_end where id = any(?)";

    @Language("SQL")
    public static final String TAKE_DEPENDENTS =
            """
            delete from execution_dependency d
            using (select depends_on_id, execution_id from execution_dependency
                   where depends_on_id = any(?)
                   limit ?) as taken
            where d.depends_on_id = taken.depends_on_id and d.execution_id = taken.execution_id
            returning d.execution_id, d.execution_scheduled_at, d.depends_on_id
            """;

    /** Finds what to cancel: dependents of a failed execution, and all that depend on these. */
    @Language("SQL")
    public static final String FIND_TO_CANCEL =
            """
            with recursive to_cancel (id, scheduled_at) as (
                select e.id, e.scheduled_at
                from unnest(?::uuid[], ?::timestamptz[]) as d (id, scheduled_at)
                join execution e on e.id = d.id and e.scheduled_at = d.scheduled_at
                where e.state || '' = 'BLOCKED' and e.on_dependency_failure = 'CANCEL'
                union
                select e.id, e.scheduled_at
                from to_cancel
                join execution_dependency d on d.depends_on_id = to_cancel.id
                join execution e on e.id = d.execution_id and e.scheduled_at = d.execution_scheduled_at
                where e.state || '' = 'BLOCKED' and e.on_dependency_failure = 'CANCEL')
            select id, scheduled_at from to_cancel
            limit ?
            """;

    @Language("SQL")
    public static final String FIND_NEXT_OF_JOBS =
            """
            select next.id, next.scheduled_at, ended.job_id
            from unnest(?::uuid[]) as ended (job_id)
            cross join lateral (
                select id, scheduled_at from execution e
                where e.job_id = ended.job_id and e.job_id is not null
                  and e.state in ('BLOCKED', 'QUEUED', 'RUNNING', 'AWAITING', 'RETRYING') and e.state = 'BLOCKED'
                order by scheduled_at
                limit 1) as next
            """;

    /** Like the count-down, keeps the planner from using the index of all blocked rows. */
    @Language("SQL")
    public static final String LOCK_BLOCKED =
            """
            select e.id
            from unnest(?::uuid[], ?::timestamptz[]) as d (id, scheduled_at)
            join execution e on e.id = d.id and e.scheduled_at = d.scheduled_at
            where e.state || '' = 'BLOCKED'
            order by e.id
            for no key update of e
            """;

    @Language("SQL")
    public static final String BUSY_JOBS =
            """
            select j.id from unnest(?::uuid[]) as j (id)
            where exists (
                select from execution e
                where e.job_id = j.id and e.job_id is not null
                  and e.state in ('BLOCKED', 'QUEUED', 'RUNNING', 'AWAITING', 'RETRYING') and e.state <> 'BLOCKED')
            """;

    private final Database database;
    private final ExecutionControl control;
    private final RowByRow rowByRow;
    private final Roles roles;
    private final Notifications notifications;
    private final Loops loops;
    private final Loop loop;

    /**
     * The effects of finished executions: how many ends were handled, and how many executions were
     * released and cancelled.
     */
    public record Consequences(int ends, int released, int cancelled, int refused) {}

    /** An execution that has ended, as it was noted. */
    private record Ended(long note, UUID id, @Nullable UUID jobId, boolean isSuccess) {}

    /** Finds the dependents of ended executions, and those of them that depend on a failed one. */
    private record Dependents(Map<UUID, Dependent> all, Set<UUID> ofFailed, boolean areAll) {}

    Followers(
            @BackgroundPool Database database,
            ExecutionControl control,
            RowByRow rowByRow,
            Roles roles,
            Notifications notifications,
            Loops loops) {
        this.database = database;
        this.control = control;
        this.rowByRow = rowByRow;
        this.roles = roles;
        this.notifications = notifications;
        this.loops = loops;
        this.loop = loops.vital("followers", this::round);
    }

    void start(@Observes @Priority(StartOrder.DISPATCH) StartupEvent event) {
        if (roles.movesExecutions()) {
            notifications.on(Topic.FOLLOW_UP, argument -> loop.wake());
            loops.start(loop);
        }
    }

    void stop(@Observes @Priority(StartOrder.DISPATCH) ShutdownEvent event) {
        loop.stop();
    }

    private Duration round() {
        return runOnce().ends > 0 ? Duration.ZERO : PAUSE;
    }

    /** Handles some of the noted ends; a result without ends means that none was left. */
    public Consequences runOnce() {
        var sum = new int[2];
        var taken =
                rowByRow.take(
                        "untold ends",
                        ENDS_PER_TRANSACTION,
                        (limit, offset) -> {
                            var told = tell(limit, offset);
                            sum[0] += told.released;
                            sum[1] += told.cancelled;
                            return told.ends;
                        });
        return new Consequences(taken.rows(), sum[0], sum[1], taken.refused());
    }

    private Consequences tell(int limit, int offset) {

        return database.inTransaction(connection -> tell(connection, limit, offset));
    }

    private Consequences tell(Connection connection, int limit, int offset) throws SQLException {
        var ends = take(connection, limit, offset);
        if (ends.isEmpty()) {
            return new Consequences(0, 0, 0, 0);
        }
        var dependents = dependents(connection, ends);
        var toCancel = toCancel(connection, dependents);
        var nextOfJobs = nextOfJobs(connection, ends);
        var wanted = new HashMap<UUID, Instant>();
        dependents.all.values().forEach(each -> wanted.put(each.id(), each.scheduledAt()));
        toCancel.forEach(each -> wanted.put(each.id(), each.scheduledAt()));
        nextOfJobs.keySet().forEach(each -> wanted.put(each.id(), each.scheduledAt()));
        var locked = lockBlocked(connection, wanted);

        var cancelled = toCancel.stream().map(Row::id).filter(locked::contains).toList();
        var isDoomed = new HashSet<>(cancelled);
        var counted =
                dependents.all.values().stream()
                        .filter(each -> locked.contains(each.id()) && !isDoomed.contains(each.id()))
                        .toList();
        if (!counted.isEmpty()) {
            control.countDown(connection, counted);
        }
        control.cancel(connection, cancelled, "DEPENDENCY");
        nextOfJobs.keySet().removeIf(each -> !locked.contains(each.id()));
        int released = counted.size() + giveTurns(connection, nextOfJobs);
        if (dependents.areAll) {
            forget(connection, ends);
        }
        return new Consequences(ends.size(), released, cancelled.size(), 0);
    }

    private static List<Ended> take(Connection connection, int limit, int offset)
            throws SQLException {
        var ends = new ArrayList<Ended>();
        try (var statement = connection.prepareStatement(TAKE_ENDS)) {
            statement.setInt(1, limit);
            statement.setInt(2, offset);
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    ends.add(
                            new Ended(
                                    row.getLong(1),
                                    row.getObject(2, UUID.class),
                                    row.getObject(3, UUID.class),
                                    row.getString(4).equals(ExecutionState.SUCCEEDED.name())));
                }
            }
        }
        return ends;
    }

    private static Dependents dependents(Connection connection, List<Ended> ends)
            throws SQLException {
        var failed = new HashSet<UUID>();
        ends.stream().filter(each -> !each.isSuccess).forEach(each -> failed.add(each.id));
        var dependents = new HashMap<UUID, Dependent>();
        var ofFailed = new HashSet<UUID>();
        int rows = 0;
        try (var statement = connection.prepareStatement(TAKE_DEPENDENTS)) {
            statement.setArray(1, uuids(connection, ends.stream().map(Ended::id).toList()));
            statement.setInt(2, MAX_ROWS_PER_TRANSACTION);
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    rows++;
                    var id = row.getObject(1, UUID.class);
                    var at = row.getObject(2, OffsetDateTime.class).toInstant();
                    dependents.merge(
                            id,
                            new Dependent(id, at, 1),
                            (one, other) -> new Dependent(id, at, one.ended() + other.ended()));
                    if (failed.contains(row.getObject(3, UUID.class))) {
                        ofFailed.add(id);
                    }
                }
            }
        }
        return new Dependents(dependents, ofFailed, rows < MAX_ROWS_PER_TRANSACTION);
    }

    /** Finds all dependents to cancel, and some of the executions that depend on these. */
    private static List<Row> toCancel(Connection connection, Dependents dependents)
            throws SQLException {
        var ofFailed =
                dependents.ofFailed.stream()
                        .map(id -> Objects.requireNonNull(dependents.all.get(id)))
                        .toList();
        var toCancel = new ArrayList<Row>();
        if (ofFailed.isEmpty()) {
            return toCancel;
        }
        try (var statement = connection.prepareStatement(FIND_TO_CANCEL)) {
            new ArrayParameters<>(statement, 1, ofFailed)
                    .add("uuid", Dependent::id)
                    .add("timestamptz", each -> each.scheduledAt().toString());
            // PostgreSQL returns the dependents before the executions that depend on them.
            statement.setInt(3, MAX_ROWS_PER_TRANSACTION);
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    toCancel.add(
                            new Row(
                                    row.getObject(1, UUID.class),
                                    row.getObject(2, OffsetDateTime.class).toInstant()));
                }
            }
        }
        return toCancel;
    }

    /** Finds each job's first execution that waits for its turn. */
    private static Map<Row, UUID> nextOfJobs(Connection connection, List<Ended> ends)
            throws SQLException {
        var jobs = ends.stream().map(Ended::jobId).filter(Objects::nonNull).distinct().toList();
        var next = new HashMap<Row, UUID>();
        if (jobs.isEmpty()) {
            return next;
        }
        try (var statement = connection.prepareStatement(FIND_NEXT_OF_JOBS)) {
            statement.setArray(1, uuids(connection, jobs));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    next.put(
                            new Row(
                                    row.getObject(1, UUID.class),
                                    row.getObject(2, OffsetDateTime.class).toInstant()),
                            row.getObject(3, UUID.class));
                }
            }
        }
        return next;
    }

    private static Set<UUID> lockBlocked(Connection connection, Map<UUID, Instant> wanted)
            throws SQLException {
        var locked = new HashSet<UUID>();
        if (wanted.isEmpty()) {
            return locked;
        }
        try (var statement = connection.prepareStatement(LOCK_BLOCKED)) {
            new ArrayParameters<>(statement, 1, List.copyOf(wanted.entrySet()))
                    .add("uuid", Map.Entry::getKey)
                    .add("timestamptz", each -> each.getValue().toString());
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    locked.add(row.getObject(1, UUID.class));
                }
            }
        }
        return locked;
    }

    /** Checks only now, under the locks, whether an execution of the job runs or is about to. */
    private int giveTurns(Connection connection, Map<Row, UUID> nextOfJobs) throws SQLException {
        if (nextOfJobs.isEmpty()) {
            return 0;
        }
        var busy = new HashSet<UUID>();
        try (var statement = connection.prepareStatement(BUSY_JOBS)) {
            statement.setArray(1, uuids(connection, nextOfJobs.values()));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    busy.add(row.getObject(1, UUID.class));
                }
            }
        }
        nextOfJobs.values().removeIf(busy::contains);
        if (!nextOfJobs.isEmpty()) {
            control.release(connection, List.copyOf(nextOfJobs.keySet()));
        }
        return nextOfJobs.size();
    }

    private static void forget(Connection connection, List<Ended> ends) throws SQLException {
        try (var statement = connection.prepareStatement(FORGET_ENDS)) {
            new ArrayParameters<>(statement, 1, ends).longs(Ended::note);
            statement.executeUpdate();
        }
    }

    private static java.sql.Array uuids(Connection connection, Collection<?> ids)
            throws SQLException {
        return connection.createArrayOf("uuid", ids.toArray());
    }
}
