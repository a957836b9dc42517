package io.carillon.execution.follow;

import io.carillon.execution.OverlapDecision.Standing;
import io.carillon.execution.ledger.ExecutionControl;
import io.carillon.security.Scope;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.intellij.lang.annotations.Language;

/**
 * Counts a job's executions that have not ended, exactly for a transaction that is about to add
 * one.
 *
 * <p>A transaction that adds an execution of a job holds the lock of the job's trigger, or of its
 * row if it has no trigger, so no two add at the same time. Existing executions can still end
 * meanwhile. For {@code SKIP} that does not matter: the execution was active when it was read. But
 * an execution that will wait must be seen by the last one to end, so these are locked first (see
 * {@link Followers}).
 */
@ApplicationScoped
public class Overlaps {
    private static final int MAX_LOOKS = 100;

    @Language("SQL")
    private static final String STANDING =
            """
            select job_id, count(*) filter (where state in ('RUNNING', 'AWAITING')),
                   count(*) filter (where state in ('QUEUED', 'RETRYING')),
                   count(*) filter (where state = 'BLOCKED'),
                   array_agg(id) filter (where state <> 'BLOCKED')
            from execution
            where job_id = any(?) and job_id is not null and state in ('BLOCKED', 'QUEUED', 'RUNNING', 'AWAITING', 'RETRYING')
            group by job_id
            """;

    @Language("SQL")
    private static final String LOCK =
            """
            select id from execution
            where job_id = any(?) and job_id is not null and state in ('BLOCKED', 'QUEUED', 'RUNNING', 'AWAITING', 'RETRYING')
              and state <> 'BLOCKED'
            order by id
            for no key update
            """;

    @Language("SQL")
    private static final String LOCK_WHAT_IS_FREE =
            """
            select id from execution
            where job_id = any(?) and job_id is not null and state in ('BLOCKED', 'QUEUED', 'RUNNING', 'AWAITING', 'RETRYING')
              and state <> 'BLOCKED'
            order by id
            for no key update skip locked
            """;

    /**
     * Locks the waiting execution: it is about to get its turn if nothing else of its job is left.
     */
    @Language("SQL")
    private static final String LOCK_BLOCKED =
            """
            select id from execution
            where job_id = any(?) and job_id is not null and state in ('BLOCKED', 'QUEUED', 'RUNNING', 'AWAITING', 'RETRYING')
              and state = 'BLOCKED'
            order by id
            for no key update
            """;

    @Language("SQL")
    private static final String LOCK_BLOCKED_THAT_IS_FREE =
            """
            select id from execution
            where job_id = any(?) and job_id is not null and state in ('BLOCKED', 'QUEUED', 'RUNNING', 'AWAITING', 'RETRYING')
              and state = 'BLOCKED'
            order by id
            for no key update skip locked
            """;

    private final ExecutionControl control;

    Overlaps(ExecutionControl control) {
        this.control = control;
    }

    private record Found(Standing standing, Set<UUID> unblocked) {
        private static final Found NOTHING = new Found(Standing.NONE, Set.of());

        boolean isOnlyBlocked() {
            return unblocked.isEmpty() && standing.blocked() > 0;
        }
    }

    /**
     * Counts each job's executions that have not ended; jobs without any are absent. Locks nothing.
     */
    public Map<UUID, Standing> standing(Connection connection, Collection<UUID> jobIds)
            throws SQLException {
        var standing = new HashMap<UUID, Standing>();
        find(connection, jobIds).forEach((job, found) -> standing.put(job, found.standing));
        return standing;
    }

    /**
     * As {@link #standing}, but also keeps these executions from ending until the transaction ends.
     * Does not wait: if another transaction has locked an execution of a job, because it is about
     * to change, the job is absent and must be asked for again.
     */
    public Map<UUID, Standing> hold(Connection connection, Collection<UUID> jobIds)
            throws SQLException {
        var locked = lock(connection, LOCK_WHAT_IS_FREE, jobIds);
        var found = find(connection, jobIds);
        var held = new HashMap<UUID, Standing>();
        var onlyBlocked = new ArrayList<UUID>();
        for (var job : jobIds) {
            var ofJob = found.getOrDefault(job, Found.NOTHING);
            if (ofJob.isOnlyBlocked()) {
                onlyBlocked.add(job);
            } else if (locked.containsAll(ofJob.unblocked)) {
                held.put(job, ofJob.standing);
            }
        }
        markFollowed(connection, locked);
        if (!onlyBlocked.isEmpty()) {
            held.putAll(holdBlocked(connection, onlyBlocked));
        }
        return held;
    }

    /**
     * Holds jobs whose last execution has just ended and whose next is about to get its turn: if
     * that one ended before it saw the added execution, nobody would give the added one its turn.
     * This is rare, so it takes all of these jobs or none.
     */
    private static Map<UUID, Standing> holdBlocked(Connection connection, List<UUID> jobIds)
            throws SQLException {
        var locked = lock(connection, LOCK_BLOCKED_THAT_IS_FREE, jobIds);
        var held = new HashMap<UUID, Standing>();
        int blocked = 0;
        for (var job : find(connection, jobIds).entrySet()) {
            blocked += job.getValue().standing.blocked();
            if (job.getValue().isOnlyBlocked()) {
                held.put(job.getKey(), job.getValue().standing);
            }
        }
        return blocked == locked.size() ? held : Map.of();
    }

    /** As {@link #hold} for one job, but waits for executions that are about to change. */
    public Standing holdWaiting(Connection connection, UUID jobId) throws SQLException {
        for (int look = 0; look < MAX_LOOKS; look++) {
            var locked = lock(connection, LOCK, List.of(jobId));
            var found = find(connection, jobId);
            if (found.isOnlyBlocked()) {
                lock(connection, LOCK_BLOCKED, List.of(jobId));
                found = find(connection, jobId);
            }
            if (locked.containsAll(found.unblocked)) {
                markFollowed(connection, locked);
                return found.standing;
            }
        }
        throw new SQLException("The executions of job " + jobId + " kept changing");
    }

    private static Found find(Connection connection, UUID jobId) throws SQLException {
        return find(connection, List.of(jobId)).getOrDefault(jobId, Found.NOTHING);
    }

    private void markFollowed(Connection connection, Set<UUID> ids) throws SQLException {
        if (!ids.isEmpty()) {
            control.markFollowed(connection, Scope.EVERYTHING, ids);
        }
    }

    private static Set<UUID> lock(Connection connection, String sql, Collection<UUID> jobIds)
            throws SQLException {
        var locked = new HashSet<UUID>();
        try (var statement = connection.prepareStatement(sql)) {
            statement.setArray(1, connection.createArrayOf("uuid", jobIds.toArray()));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    locked.add(row.getObject(1, UUID.class));
                }
            }
        }
        return locked;
    }

    private static Map<UUID, Found> find(Connection connection, Collection<UUID> jobIds)
            throws SQLException {
        var found = new HashMap<UUID, Found>();
        try (var statement = connection.prepareStatement(STANDING)) {
            statement.setArray(1, connection.createArrayOf("uuid", jobIds.toArray()));
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    var unblocked = row.getArray(5);
                    found.put(
                            row.getObject(1, UUID.class),
                            new Found(
                                    new Standing(row.getInt(2), row.getInt(3), row.getInt(4)),
                                    unblocked == null
                                            ? Set.of()
                                            : Set.of((UUID[]) unblocked.getArray())));
                }
            }
        }
        return found;
    }
}
