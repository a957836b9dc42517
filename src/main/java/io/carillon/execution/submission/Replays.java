package io.carillon.execution.submission;

import io.carillon.database.Database;
import io.carillon.database.DatabaseClock;
import io.carillon.database.SqlParameters;
import io.carillon.database.UuidV7;
import io.carillon.definition.JobLock;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.Origin;
import io.carillon.execution.follow.JobRuns;
import io.carillon.execution.ledger.ExecutionControl;
import io.carillon.execution.ledger.FailedExecutions;
import io.carillon.execution.ledger.SubmissionInserts;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Runs dead letters again. A final state stays final: a replay is a new execution, and the dead
 * letter refers to it. If the job does not allow overlap, the replay of its execution waits for its
 * turn, so that replaying many neither loses nor overlaps any.
 */
@ApplicationScoped
public class Replays {
    /** How many are replayed in one transaction, so that a large replay holds no lock for long. */
    private static final int BATCH = 100;

    @Language("SQL")
    private static final String LOCK =
            """
            select id, scheduled_at, job_id, state, config, replayed_by, dismissed_at from execution
            where id = ?
              and scheduled_at >= timestamptz 'epoch' + ? * interval '1 millisecond'
              and scheduled_at < timestamptz 'epoch' + (? + 1) * interval '1 millisecond'
            for no key update
            """;

    /** Dead letters of deleted jobs stay as they are. */
    @Language("SQL")
    private static final String DEAD_LETTERS =
            """
            select e.id, e.job_id
            from execution e
            where
            """
                    + FailedExecutions.Filter.OF_OPEN
                    + """
            order by e.finished_at, e.id
            limit ?
            """;

    private final Database database;
    private final ExecutionControl control;
    private final SubmissionInserts inserts;
    private final JobLock jobLock;
    private final JobRuns runs;
    private final DatabaseClock clock;

    /** The result of replaying many; {@code isMoreLeft}: more dead letters match. */
    public record Many(int replayed, boolean isMoreLeft) {}

    private record DeadLetter(
            UUID id,
            Instant scheduledAt,
            @Nullable UUID jobId,
            ExecutionState state,
            @Nullable String config,
            @Nullable UUID replayedBy,
            boolean isDismissed) {}

    Replays(
            Database database,
            ExecutionControl control,
            SubmissionInserts inserts,
            JobLock jobLock,
            JobRuns runs,
            DatabaseClock clock) {
        this.database = database;
        this.control = control;
        this.inserts = inserts;
        this.jobLock = jobLock;
        this.runs = runs;
        this.clock = clock;
    }

    /**
     * Runs an execution again that failed for good or was cancelled, even if it was replayed
     * before.
     *
     * @return the id of the replay
     * @throws ProblemException 404 if there is no such execution, 409 if its state does not allow
     *     it or its job is deleted
     */
    public UUID replay(UUID id, @Nullable UUID jobId) {
        return database.inTransaction(
                connection -> {
                    // Everywhere, the order of locks is job, then execution.
                    var job =
                            jobId == null
                                    ? Optional.<JobLock.Locked>empty()
                                    : jobLock.lock(connection, jobId);
                    var letter =
                            lock(connection, id)
                                    .orElseThrow(() -> ProblemException.notFound("execution", id));
                    if (letter.state != ExecutionState.FAILED
                            && letter.state != ExecutionState.CANCELLED) {
                        throw new ProblemException(
                                ProblemKind.CONFLICT,
                                "The execution is %s; only one that is FAILED or CANCELLED can be replayed."
                                        .formatted(letter.state));
                    }
                    if (letter.jobId != null && job.isEmpty()) {
                        throw new ProblemException(
                                ProblemKind.CONFLICT, "The execution's job is deleted.");
                    }
                    return replay(connection, letter, job.orElse(null));
                });
    }

    /** Replays up to {@code limit} open dead letters, oldest first. */
    public Many replayAll(FailedExecutions.Filter filter, int limit) {
        var candidates = candidates(filter, limit + 1);
        boolean more = candidates.size() > limit;
        int replayed = 0;
        for (int from = 0; from < Math.min(limit, candidates.size()); from += BATCH) {
            var some =
                    candidates.subList(
                            from, Math.min(from + BATCH, Math.min(limit, candidates.size())));
            replayed += database.inTransaction(connection -> replaySome(connection, some));
        }
        return new Many(replayed, more);
    }

    private record Candidate(UUID id, @Nullable UUID jobId) {}

    private List<Candidate> candidates(FailedExecutions.Filter filter, int limit) {
        return database.with(
                DEAD_LETTERS,
                statement -> {
                    var parameters = new SqlParameters(statement);
                    filter.set(parameters);
                    statement.setInt(parameters.next(), limit);
                    var found = new ArrayList<Candidate>();
                    try (var row = statement.executeQuery()) {
                        while (row.next()) {
                            found.add(
                                    new Candidate(
                                            row.getObject(1, UUID.class),
                                            row.getObject(2, UUID.class)));
                        }
                    }
                    return found;
                });
    }

    /** Passes over dead letters that were replayed or dismissed meanwhile. */
    private int replaySome(Connection connection, List<Candidate> candidates) throws SQLException {
        var jobs = new HashMap<UUID, Optional<JobLock.Locked>>();
        for (var jobId :
                candidates.stream()
                        .map(Candidate::jobId)
                        .filter(Objects::nonNull)
                        .distinct()
                        .sorted()
                        .toList()) {
            jobs.put(jobId, jobLock.lock(connection, jobId));
        }
        int replayed = 0;
        for (var candidate : candidates) {
            var job = jobs.getOrDefault(candidate.jobId, Optional.empty());
            var letter = lock(connection, candidate.id);
            if (letter.isPresent()
                    && letter.get().replayedBy == null
                    && !letter.get().isDismissed
                    && (candidate.jobId == null || job.isPresent())) {
                replay(connection, letter.get(), job.orElse(null));
                replayed++;
            }
        }
        return replayed;
    }

    private UUID replay(Connection connection, DeadLetter letter, JobLock.@Nullable Locked job)
            throws SQLException {
        UUID replay;
        if (letter.jobId == null || job == null) {
            replay = inserts.insertReplay(connection, letter.id, letter.scheduledAt, clock.now());
        } else {
            var wanted =
                    new JobRuns.Wanted(
                            letter.jobId,
                            Origin.REPLAY,
                            clock.now(),
                            null,
                            letter.config,
                            letter.id,
                            null);
            replay = runs.add(connection, wanted, job.overlap().inTurn());
        }
        control.markReplayed(connection, letter.id, letter.scheduledAt, replay);
        return replay;
    }

    private static Optional<DeadLetter> lock(Connection connection, UUID id) throws SQLException {
        long millis = UuidV7.epochMillis(id);
        try (var statement = connection.prepareStatement(LOCK)) {
            statement.setObject(1, id);
            statement.setLong(2, millis);
            statement.setLong(3, millis);
            try (var row = statement.executeQuery()) {
                return row.next() ? Optional.of(letterOf(row)) : Optional.empty();
            }
        }
    }

    private static DeadLetter letterOf(java.sql.ResultSet row) throws SQLException {
        return new DeadLetter(
                row.getObject(1, UUID.class),
                row.getObject(2, OffsetDateTime.class).toInstant(),
                row.getObject(3, UUID.class),
                ExecutionState.valueOf(row.getString(4)),
                row.getString(5),
                row.getObject(6, UUID.class),
                row.getObject(7) != null);
    }
}
