package io.carillon.job.planning;

import io.carillon.database.DatabaseClock;
import io.carillon.execution.ExecutionConfig;
import io.carillon.execution.follow.JobRuns;
import io.carillon.execution.ledger.ExecutionQueries;
import io.carillon.firing.Triggers;
import io.carillon.job.Job;
import io.carillon.job.JobRequests;
import io.carillon.job.JobRequests.BackfillResult;
import io.carillon.problem.ProblemException;
import io.carillon.schedule.Schedule;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Executes past instants that a job's current schedule has and the ledger has no execution for:
 * from before the job existed, or skipped.
 *
 * <p>History says what ran as far back as it is kept. For older instants it depends on the job. If
 * the job was created since then, only backfills can have executed them, and history has all of
 * those. If the job is older, history may have lost earlier backfills, so such a range is refused:
 * it might be executed twice. Instants from the trigger's next fire time on are left to the
 * trigger: firing or a resumption decides about them.
 */
@ApplicationScoped
class Backfill {
    private static final int MAX_INSTANTS = 10_000;
    private static final long MAX_COUNT = 1_000_000;

    private final Triggers triggers;
    private final JobRuns runs;
    private final ExecutionQueries queries;
    private final ExecutionConfig config;
    private final DatabaseClock clock;

    Backfill(
            Triggers triggers,
            JobRuns runs,
            ExecutionQueries queries,
            ExecutionConfig config,
            DatabaseClock clock) {
        this.triggers = triggers;
        this.runs = runs;
        this.queries = queries;
        this.config = config;
        this.clock = clock;
    }

    /**
     * @param job locked, so that no other backfill of it runs at the same time
     * @param isDryRun whether it only counts
     * @throws ProblemException 400 if the range is invalid or has too many instants
     */
    BackfillResult run(
            Connection connection,
            Job job,
            Schedule schedule,
            JobRequests.Backfill request,
            boolean isDryRun)
            throws SQLException {
        check(job, request);
        // Counts before locking, so that a range that is too long holds up nothing.
        var planned = planned(schedule, request.from(), request.to());
        triggers.lock(connection, job.id);
        var left = pendingFrom(connection, job.id);
        var executed = queries.executed(connection, job.id, request.from(), request.to());
        var wanted = new ArrayList<Instant>();
        long pending = 0;
        for (var instant : planned) {
            if (!instant.isBefore(left)) {
                pending++;
            } else if (!executed.contains(instant)) {
                wanted.add(instant);
            }
        }
        if (!isDryRun) {
            runs.addBackfill(connection, job.id, wanted, job.overlap);
        }
        return new BackfillResult(
                isDryRun,
                planned.size(),
                wanted.size(),
                planned.size() - pending - wanted.size(),
                pending,
                wanted.isEmpty() ? null : wanted.getFirst(),
                wanted.isEmpty() ? null : wanted.getLast());
    }

    private void check(Job job, JobRequests.Backfill request) {
        var now = clock.now();
        if (!request.from().isBefore(request.to())) {
            throw ProblemException.invalid("to", "is not after from");
        }
        if (request.to().isAfter(now)) {
            throw ProblemException.invalid("to", "is after now, which is " + now);
        }
        var kept =
                now.truncatedTo(ChronoUnit.DAYS)
                        .minus(config.retention())
                        .truncatedTo(ChronoUnit.DAYS);
        if (request.from().isBefore(kept) && job.createdAt.isBefore(kept)) {
            throw ProblemException.invalid(
                    "from", "history no longer says what was executed before %s".formatted(kept));
        }
    }

    private static List<Instant> planned(Schedule schedule, Instant from, Instant to) {
        var planned = new ArrayList<Instant>();
        var instant = schedule.next(from.minusMillis(1));
        while (instant != null && instant.isBefore(to)) {
            if (planned.size() == MAX_INSTANTS) {
                long count = schedule.count(from, to, MAX_COUNT);
                throw ProblemException.invalid(
                        "to",
                        "the range has %s%,d planned instants, more than %,d; those up to %s fit"
                                .formatted(
                                        count == MAX_COUNT ? "at least " : "",
                                        count,
                                        MAX_INSTANTS,
                                        instant));
            }
            planned.add(instant);
            instant = schedule.next(instant);
        }
        return planned;
    }

    /** Returns the first instant that the trigger has not reached yet. */
    private Instant pendingFrom(Connection connection, UUID jobId) throws SQLException {
        var times = triggers.times(connection, List.of(jobId)).get(jobId);
        return times == null || times.nextFireAt() == null ? Instant.MAX : times.nextFireAt();
    }
}
