package io.carillon.execution.follow;

import io.carillon.definition.JobLock;
import io.carillon.definition.Overlap;
import io.carillon.execution.Origin;
import io.carillon.execution.OverlapDecision;
import io.carillon.execution.OverlapDecision.Standing;
import io.carillon.execution.OverlapDecision.Start;
import io.carillon.execution.SkipReason;
import io.carillon.execution.ledger.ExecutionControl;
import io.carillon.execution.ledger.ExecutionInserts;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Adds runs of jobs outside their schedule: manual runs, replays, runs after another job,
 * backfills. The caller's transaction holds the job's lock ({@link JobLock}), so the overlap policy
 * is exact.
 */
@ApplicationScoped
public class JobRuns {
    private final Overlaps overlaps;
    private final ExecutionControl control;
    private final ExecutionInserts inserts;

    JobRuns(Overlaps overlaps, ExecutionControl control, ExecutionInserts inserts) {
        this.overlaps = overlaps;
        this.control = control;
        this.inserts = inserts;
    }

    /**
     * Describes the run to add.
     *
     * @param at when it was asked for; sub-millisecond parts are dropped
     * @param standsFor the instant it stands for; null: {@code at}
     * @param config JSON that replaces the job's config; null to use the job's
     * @param replayOf the dead letter it replays; null for none
     * @param causedBy the execution whose end caused it; null for none
     */
    public record Wanted(
            UUID jobId,
            Origin origin,
            Instant at,
            @Nullable Instant standsFor,
            @Nullable String config,
            @Nullable UUID replayOf,
            @Nullable UUID causedBy) {

        public static Wanted manual(
                UUID jobId, Instant at, @Nullable Instant standsFor, @Nullable String config) {
            return new Wanted(jobId, Origin.MANUAL, at, standsFor, config, null, null);
        }
    }

    /**
     * Adds a run as {@code policy} decides: queued, waiting for its turn, or skipped.
     *
     * @return its id
     */
    public UUID add(Connection connection, Wanted wanted, Overlap policy) throws SQLException {
        var start = Start.NOW;
        if (policy != Overlap.ALLOW) {
            var standing = standing(connection, wanted.jobId, policy);
            var decision = OverlapDecision.decide(policy, standing, 1);
            if (decision.cancelsOthers()) {
                control.cancelAllOf(connection, wanted.jobId, "OVERLAP");
            }
            start = decision.starts().getFirst();
        }
        return insert(
                connection,
                wanted,
                start,
                policy,
                start == Start.NEVER ? SkipReason.OVERLAP : null);
    }

    /**
     * Adds executions of planned instants that have none, oldest first. If the job does not allow
     * overlap, they wait for their turn, so that none is lost and none overlaps.
     *
     * @param planned whole milliseconds
     */
    public void addBackfill(
            Connection connection, UUID jobId, List<Instant> planned, Overlap policy)
            throws SQLException {
        if (planned.isEmpty()) {
            return;
        }
        var inTurn = policy.inTurn();
        var decision =
                OverlapDecision.decide(inTurn, standing(connection, jobId, inTurn), planned.size());
        inserts.insertBackfill(connection, jobId, planned, decision.starts(), inTurn.letsWait());
    }

    /** Adds a skipped run, so that the ledger says why it did not happen. */
    public UUID addSkipped(Connection connection, Wanted wanted, SkipReason reason)
            throws SQLException {
        return insert(connection, wanted, Start.NEVER, Overlap.ALLOW, reason);
    }

    private Standing standing(Connection connection, UUID jobId, Overlap policy)
            throws SQLException {
        if (policy == Overlap.ALLOW) {
            return Standing.NONE;
        }
        return policy.letsWait()
                ? overlaps.holdWaiting(connection, jobId)
                : overlaps.standing(connection, List.of(jobId)).getOrDefault(jobId, Standing.NONE);
    }

    private UUID insert(
            Connection connection,
            Wanted wanted,
            Start start,
            Overlap policy,
            @Nullable SkipReason skipReason)
            throws SQLException {
        return inserts.insertRun(
                connection,
                new ExecutionInserts.Run(
                        wanted.jobId,
                        wanted.origin,
                        wanted.at,
                        wanted.standsFor,
                        start,
                        policy.letsWait(),
                        skipReason,
                        wanted.config,
                        wanted.replayOf,
                        wanted.causedBy));
    }
}
