package io.carillon.execution;

import io.carillon.database.Notifications;
import io.carillon.database.Topic;
import io.carillon.execution.ExecutionControl.Changed;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.intellij.lang.annotations.Language;

/**
 * What waits for the end of an execution, told in the transaction that ends it: submissions that
 * depend on it, its job's next execution, and jobs that run after its job.
 *
 * <p><b>Why none is forgotten.</b> Whoever adds a follower first locks the execution that is
 * followed, and marks it. If that execution ends first, the follower sees that it has ended; if
 * not, the statement that ends it waits for the lock, and what runs after it, here, sees the
 * follower.
 *
 * <p><b>Why two ends at the same time release exactly once.</b> Both lock the follower: a dependent
 * counts down under its row lock, and a job's next execution is locked before the job's others are
 * looked at, so that the later of the two sees the end of the earlier.
 */
@ApplicationScoped
class Followers {
    /** Only the planner's index on the few jobs that run after another is read. */
    @Language("SQL")
    private static final String ASK_FOR_FOLLOW_UPS =
            """
            insert into follow_up (job_id, cause_id)
            select j.id, ended.id
            from unnest(?::uuid[], ?::uuid[], ?::varchar[]) as ended (job_id, id, state)
            join job j on j.after_job_id = ended.job_id
            where j.deleted_at is null
              and (j.after_on = 'ANY'
                   or j.after_on = 'SUCCESS' and ended.state = 'SUCCEEDED'
                   or j.after_on = 'FAILURE' and ended.state = 'FAILED')
            """;

    @Language("SQL")
    private static final String TAKE_DEPENDENTS =
            """
            delete from execution_dependency where depends_on_id = any(?)
            returning execution_id, execution_scheduled_at, depends_on_id
            """;

    /** As when they are counted down: not by the index of all that is blocked. */
    @Language("SQL")
    private static final String LOCK_DEPENDENTS =
            """
            select e.id, e.on_dependency_failure
            from unnest(?::uuid[], ?::timestamptz[]) as d (id, scheduled_at)
            join execution e on e.id = d.id and e.scheduled_at = d.scheduled_at
            where e.state || '' = 'BLOCKED'
            order by e.id
            for no key update of e
            """;

    @Language("SQL")
    private static final String JOBS_THAT_WAIT =
            """
            select distinct job_id from execution
            where job_id = any(?) and job_id is not null and state in ('BLOCKED', 'QUEUED', 'RUNNING', 'RETRYING')
              and state = 'BLOCKED'
            order by job_id
            """;

    @Language("SQL")
    private static final String LOCK_NEXT_OF_JOB =
            """
            select id, scheduled_at from execution
            where job_id = ? and job_id is not null and state in ('BLOCKED', 'QUEUED', 'RUNNING', 'RETRYING')
              and state = 'BLOCKED'
            order by scheduled_at
            limit 1
            for no key update
            """;

    @Language("SQL")
    private static final String IS_JOB_BUSY =
            """
            select exists (
                select from execution
                where job_id = ? and job_id is not null and state in ('BLOCKED', 'QUEUED', 'RUNNING', 'RETRYING')
                  and state <> 'BLOCKED')
            """;

    private final Notifications notifications;

    Followers(Notifications notifications) {
        this.notifications = notifications;
    }

    /** A submission that waits, and how many of what it waits for have just ended. */
    record Dependent(UUID id, Instant scheduledAt, int ended) {}

    /** Tells those who wait for the executions that have ended; passes over the others. */
    void afterEnd(Connection connection, ExecutionControl control, List<Changed> changed)
            throws SQLException {
        var ended = changed.stream().filter(each -> each.state().isFinal()).toList();
        if (ended.isEmpty()) {
            return;
        }
        askForFollowUps(connection, ended);
        var followed = ended.stream().filter(Changed::isFollowed).toList();
        if (!followed.isEmpty()) {
            tellDependents(connection, control, followed);
            giveTurns(connection, control, followed);
        }
    }

    private void askForFollowUps(Connection connection, List<Changed> ended) throws SQLException {
        var ofJobs =
                ended.stream()
                        .filter(each -> each.jobId() != null)
                        .filter(each -> each.state() != ExecutionState.SKIPPED)
                        .toList();
        if (ofJobs.isEmpty()) {
            return;
        }
        try (var statement = connection.prepareStatement(ASK_FOR_FOLLOW_UPS)) {
            statement.setArray(1, uuids(connection, ofJobs.stream().map(Changed::jobId).toList()));
            statement.setArray(2, uuids(connection, ofJobs.stream().map(Changed::id).toList()));
            var states = ofJobs.stream().map(each -> each.state().name()).toArray();
            statement.setArray(3, connection.createArrayOf("varchar", states));
            if (statement.executeUpdate() > 0) {
                notifications.soon(Topic.FOLLOW_UP, "");
            }
        }
    }

    private static void tellDependents(
            Connection connection, ExecutionControl control, List<Changed> ended)
            throws SQLException {
        var failed = new HashSet<UUID>();
        ended.stream()
                .filter(each -> each.state() != ExecutionState.SUCCEEDED)
                .forEach(each -> failed.add(each.id()));
        var dependents = new HashMap<UUID, Dependent>();
        var ofFailed = new HashSet<UUID>();
        try (var statement = connection.prepareStatement(TAKE_DEPENDENTS)) {
            statement.setArray(1, uuids(connection, ended.stream().map(Changed::id).toList()));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    var id = row.getObject(1, UUID.class);
                    var at = row.getObject(2, OffsetDateTime.class).toInstant();
                    dependents.merge(
                            id,
                            new Dependent(id, at, 1),
                            (one, other) -> new Dependent(id, at, one.ended + other.ended));
                    if (failed.contains(row.getObject(3, UUID.class))) {
                        ofFailed.add(id);
                    }
                }
            }
        }
        if (dependents.isEmpty()) {
            return;
        }
        var released = new ArrayList<Dependent>();
        var cancelled = new ArrayList<UUID>();
        lockBlocked(connection, dependents.values())
                .forEach(
                        (id, onFailure) -> {
                            if (ofFailed.contains(id) && onFailure == OnDependencyFailure.CANCEL) {
                                cancelled.add(id);
                            } else {
                                released.add(dependents.get(id));
                            }
                        });
        if (!released.isEmpty()) {
            control.countDown(connection, released);
        }
        control.cancel(connection, cancelled, "DEPENDENCY");
    }

    private static Map<UUID, OnDependencyFailure> lockBlocked(
            Connection connection, Collection<Dependent> dependents) throws SQLException {
        var blocked = new HashMap<UUID, OnDependencyFailure>();
        try (var statement = connection.prepareStatement(LOCK_DEPENDENTS)) {
            statement.setArray(
                    1, uuids(connection, dependents.stream().map(Dependent::id).toList()));
            statement.setArray(
                    2,
                    connection.createArrayOf(
                            "timestamptz",
                            dependents.stream()
                                    .map(each -> each.scheduledAt.toString())
                                    .toArray()));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    blocked.put(
                            row.getObject(1, UUID.class),
                            OnDependencyFailure.valueOf(row.getString(2)));
                }
            }
        }
        return blocked;
    }

    private static void giveTurns(
            Connection connection, ExecutionControl control, List<Changed> ended)
            throws SQLException {
        var jobs = new ArrayList<UUID>();
        var ofEnded = new HashSet<UUID>();
        for (var each : ended) {
            if (each.jobId() != null) {
                ofEnded.add(each.jobId());
            }
        }
        if (ofEnded.isEmpty()) {
            return;
        }
        try (var statement = connection.prepareStatement(JOBS_THAT_WAIT)) {
            statement.setArray(1, uuids(connection, ofEnded));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    jobs.add(row.getObject(1, UUID.class));
                }
            }
        }
        for (var job : jobs) {
            giveTurn(connection, control, job);
        }
    }

    private static void giveTurn(Connection connection, ExecutionControl control, UUID job)
            throws SQLException {
        UUID id;
        Instant scheduledAt;
        try (var statement = connection.prepareStatement(LOCK_NEXT_OF_JOB)) {
            statement.setObject(1, job);
            try (var row = statement.executeQuery()) {
                if (!row.next()) {
                    return;
                }
                id = row.getObject(1, UUID.class);
                scheduledAt = row.getObject(2, OffsetDateTime.class).toInstant();
            }
        }
        // Only now, under the lock, so that another end of the same job is seen.
        try (var statement = connection.prepareStatement(IS_JOB_BUSY)) {
            statement.setObject(1, job);
            try (var row = statement.executeQuery()) {
                row.next();
                if (row.getBoolean(1)) {
                    return;
                }
            }
        }
        control.release(connection, id, scheduledAt);
    }

    private static java.sql.Array uuids(Connection connection, Collection<?> ids)
            throws SQLException {
        return connection.createArrayOf("uuid", ids.toArray());
    }
}
