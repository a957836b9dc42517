package io.carillon.job.history;

import io.carillon.database.Database;
import io.carillon.database.DatabaseClock;
import io.carillon.execution.ExecutionConfig;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.SkipReason;
import io.carillon.execution.ledger.ExecutionQueries;
import io.carillon.execution.ledger.ExecutionView;
import io.carillon.firing.Triggers;
import io.carillon.job.Job;
import io.carillon.job.JobMapping;
import io.carillon.job.JobRevisions;
import io.carillon.job.JobSchedules;
import io.carillon.job.JobService;
import io.carillon.job.Revision;
import io.carillon.job.history.Why.Verdict;
import io.carillon.problem.ProblemException;
import io.carillon.schedule.Schedule;
import io.carillon.security.Scope;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Explains what happened to an instant. Reads the ledger first, then the job's versions, its
 * schedule at that time, and its trigger.
 */
@ApplicationScoped
public class Explanations {
    /** How far the asked instant may be from a planned one. */
    private static final Duration TOLERANCE = Duration.ofMinutes(1);

    private final Database database;
    private final JobService jobs;
    private final JobMapping stored;
    private final JobRevisions revisions;
    private final Triggers triggers;
    private final ExecutionQueries executions;
    private final JobSchedules schedules;
    private final ExecutionConfig config;
    private final DatabaseClock clock;

    Explanations(
            Database database,
            JobService jobs,
            JobMapping stored,
            JobRevisions revisions,
            Triggers triggers,
            ExecutionQueries executions,
            JobSchedules schedules,
            ExecutionConfig config,
            DatabaseClock clock) {
        this.database = database;
        this.jobs = jobs;
        this.stored = stored;
        this.revisions = revisions;
        this.triggers = triggers;
        this.executions = executions;
        this.schedules = schedules;
        this.config = config;
        this.clock = clock;
    }

    /** A version of the job, the end of its time in force, and its schedule; null: on demand. */
    private record InForce(
            Revision revision, @Nullable Instant until, @Nullable Schedule schedule) {
        boolean covers(Instant at) {
            return at.isAfter(revision.at()) && (until == null || !at.isAfter(until));
        }

        Why.Definition definition() {
            return new Why.Definition(
                    revision.version(),
                    revision.at(),
                    until,
                    revision.actor(),
                    revision.definition().schedule(),
                    schedule == null ? null : schedule.description());
        }
    }

    /**
     * @throws ProblemException 404 if the job never existed, or its retention has ended
     */
    @Transactional
    public Why explain(Scope scope, UUID id, Instant asked) {
        var job = jobs.findEvenDeleted(scope, id);
        var at = asked.truncatedTo(ChronoUnit.MILLIS);
        return database.with(
                connection -> {
                    var inForce = inForce(connection, job, at);
                    var planned = nearest(connection, job, at, inForce);
                    if (planned.isEmpty()) {
                        return notPlanned(job, at, inForce);
                    }
                    var then = inForce(connection, job, planned.get());
                    return explainPlanned(connection, job, at, planned.get(), then);
                });
    }

    /** Returns the version in force at an instant; empty before the first known version. */
    private Optional<InForce> inForce(Connection connection, Job job, Instant at)
            throws SQLException {
        var current = stored.current(job);
        if (at.isAfter(current.at())) {
            return Optional.of(new InForce(current, null, schedule(job, current)));
        }
        var found = revisions.inForce(connection, job.id, at);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        var revision = found.get();
        var until =
                revisions
                        .after(connection, job.id, revision.version())
                        .map(Revision::at)
                        .orElse(current.at());
        return Optional.of(new InForce(revision, until, schedule(job, revision)));
    }

    /**
     * Compiles the schedule of a revision. Calendars have no versions, so an earlier definition is
     * compiled with today's calendars. Null if that fails, because a calendar was deleted or now
     * excludes every instant; then only the ledger can answer.
     */
    private @Nullable Schedule schedule(Job job, Revision revision) {
        try {
            return revision.isDeleted()
                    ? null
                    : schedules.compile(
                            revision.definition().schedule(), job.namespace, job.createdAt, job.id);
        } catch (ProblemException unreadable) {
            return null;
        }
    }

    /**
     * Returns the planned instant nearest to {@code at}, from the ledger or from the schedule at
     * that time.
     */
    private Optional<Instant> nearest(
            Connection connection, Job job, Instant at, Optional<InForce> inForce)
            throws SQLException {
        var recorded = executions.nearestPlanned(connection, job.id, at, TOLERANCE);
        var schedule = inForce.map(InForce::schedule).orElse(null);
        var byRule =
                schedule == null
                        ? Stream.<Instant>empty()
                        : Stream.of(schedule.next(at.minusMillis(1)), schedule.previous(at))
                                .filter(Objects::nonNull)
                                .filter(instant -> inForce.orElseThrow().covers(instant));
        return Stream.concat(recorded.stream(), byRule)
                .filter(instant -> distance(instant, at).compareTo(TOLERANCE) <= 0)
                .min(
                        (one, other) -> {
                            int order = distance(one, at).compareTo(distance(other, at));
                            return order != 0 ? order : one.compareTo(other);
                        });
    }

    private static Duration distance(Instant one, Instant other) {
        return Duration.between(one, other).abs();
    }

    private Why explainPlanned(
            Connection connection, Job job, Instant at, Instant planned, Optional<InForce> then)
            throws SQLException {
        var answer = new WhyBuilder(at).planned(planned).definition(then.map(InForce::definition));
        executions.backfillOf(connection, job.id, planned).ifPresent(answer::backfill);
        var row = executions.accountOf(connection, job.id, planned);
        if (row.isPresent() && row.get().state() != ExecutionState.SKIPPED) {
            return answer.fired(row.get());
        }
        if (row.isPresent()) {
            return skipped(connection, job, row.get(), then.map(InForce::revision), answer);
        }
        if (answer.isBackfilled()) {
            return answer.backfilled();
        }
        return withoutRow(connection, job, planned, then, answer);
    }

    private Why skipped(
            Connection connection,
            Job job,
            ExecutionView row,
            Optional<Revision> revision,
            WhyBuilder answer)
            throws SQLException {
        answer.skippedRow(row);
        var reason = SkipReason.known(row.reason()).orElse(null);
        if (reason == SkipReason.PAUSED && revision.isPresent()) {
            answer.pause(pauseOf(connection, job, revision.get()));
        }
        if (reason == SkipReason.OVERLAP) {
            executions
                    .activeAt(connection, job.id, row.scheduledAt())
                    .ifPresent(answer::overlapped);
        }
        return answer.skipped(row, revision.map(Revision::definition));
    }

    private Why withoutRow(
            Connection connection,
            Job job,
            Instant planned,
            Optional<InForce> then,
            WhyBuilder answer)
            throws SQLException {
        var now = clock.now();
        var trigger = triggers.times(connection, List.of(job.id)).get(job.id);
        var nextFireAt = trigger == null ? null : trigger.nextFireAt();
        if (nextFireAt != null && !planned.isBefore(nextFireAt)) {
            if (!job.enabled) {
                answer.pause(pauseOf(connection, job, stored.current(job)));
                return answer.paused(planned.isAfter(now));
            }
            return planned.isAfter(now)
                    ? answer.verdict(
                            Verdict.PLANNED,
                            "It is in the future: it fires in "
                                    + WhyBuilder.words(now, planned)
                                    + ".")
                    : answer.verdict(
                            Verdict.DUE, "It is due and has not fired yet; it is about to.");
        }
        return answer.verdict(
                Verdict.UNKNOWN,
                planned.isBefore(keptFrom(now))
                        ? "History is kept for %s: what happened then is no longer known."
                                .formatted(WhyBuilder.words(config.retention()))
                        : "The ledger has no row for it, although the schedule at that time has the instant by"
                                + " the time zone rules of today%s."
                                        .formatted(then.isEmpty() ? " and its definition" : ""));
    }

    private Why notPlanned(Job job, Instant at, Optional<InForce> inForce) {
        var answer = new WhyBuilder(at).definition(inForce.map(InForce::definition));
        if (!at.isAfter(job.createdAt)) {
            return answer.verdict(
                    Verdict.BEFORE_CREATION,
                    "The job did not exist yet: it was created at %s.".formatted(job.createdAt));
        }
        if (inForce.isEmpty()) {
            return answer.verdict(
                    Verdict.UNKNOWN, "The job's definition at that time is no longer known.");
        }
        var then = inForce.get();
        var revision = then.revision();
        if (revision.isDeleted()) {
            return answer.verdict(
                    Verdict.DELETED,
                    "The job was deleted, since %s by %s."
                            .formatted(revision.at(), revision.actor()));
        }
        var spec = revision.definition().schedule();
        var schedule = then.schedule();
        if (spec == null) {
            return answer.verdict(
                    Verdict.NO_SCHEDULE, "The job had no schedule then: it ran on demand.");
        }
        if (schedule == null) {
            return answer.verdict(
                    Verdict.UNKNOWN,
                    "The ledger has no row near it, and the schedule at that time can no longer be read:"
                            + " a calendar that it excludes was deleted, or leaves it no instant.");
        }
        answer.around(schedule.previous(at), schedule.next(at));
        return Stream.of(at, at.truncatedTo(ChronoUnit.SECONDS), at.truncatedTo(ChronoUnit.MINUTES))
                .map(schedule::exclusionOf)
                .filter(Objects::nonNull)
                .findFirst()
                .map(excluded -> answer.excluded(excluded.calendar()))
                .orElseGet(answer::notPlanned);
    }

    /** Returns since when and by whom the job was paused in a version. */
    private Why.Pause pauseOf(Connection connection, Job job, Revision revision)
            throws SQLException {
        var first = revision;
        for (var before = before(connection, job, first);
                before.isPresent() && before.get().isPaused() && !before.get().isDeleted();
                before = before(connection, job, first)) {
            first = before.get();
        }
        return new Why.Pause(first.at(), first.actor(), revision.note());
    }

    private Optional<Revision> before(Connection connection, Job job, Revision revision)
            throws SQLException {
        return revisions.before(connection, job.id, revision.version(), 1).stream().findFirst();
    }

    /** Returns the time from which on history is kept; earlier days are dropped. */
    private Instant keptFrom(Instant now) {
        return now.truncatedTo(ChronoUnit.DAYS)
                .minus(config.retention())
                .truncatedTo(ChronoUnit.DAYS);
    }
}
