package io.carillon.job;

import io.carillon.calendar.Calendars;
import io.carillon.calendar.ReadCalendars;
import io.carillon.database.Database;
import io.carillon.firing.NewTrigger;
import io.carillon.problem.Problem.Violation;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.carillon.schedule.Exclusion;
import io.carillon.schedule.InvalidScheduleException;
import io.carillon.schedule.Schedule;
import io.carillon.schedule.ScheduleSpec;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Compiles the schedules of jobs together with the calendars they name. */
@ApplicationScoped
public class JobSchedules {
    private final Database database;
    private final Calendars calendars;

    JobSchedules(Database database, Calendars calendars) {
        this.database = database;
        this.calendars = calendars;
    }

    /**
     * Returns the schedule with the current calendars; null if there is no schedule.
     *
     * @throws ProblemException 400 naming the field, or 422 for a schedule that never fires
     */
    public @Nullable Schedule compile(
            @Nullable ScheduleSpec spec, String namespace, Instant createdAt, UUID id) {
        if (spec == null || spec.exclude() == null) {
            return compile(spec, createdAt, id, Map.of());
        }
        return database.with(
                        connection ->
                                Optional.ofNullable(
                                        compile(
                                                spec,
                                                namespace,
                                                createdAt,
                                                id,
                                                calendars.read(connection))))
                .orElse(null);
    }

    /** As above, with calendars that are read once for many schedules. */
    public @Nullable Schedule compile(
            @Nullable ScheduleSpec spec,
            String namespace,
            Instant createdAt,
            UUID id,
            ReadCalendars read)
            throws SQLException {
        return spec == null
                ? null
                : compile(spec, createdAt, id, read.of(namespace, spec.exclude()));
    }

    /**
     * As above, for a schedule that is then stored: the calendars are locked against changes until
     * the commit.
     */
    @Nullable Schedule compileHeld(
            Connection connection,
            @Nullable ScheduleSpec spec,
            String namespace,
            Instant createdAt,
            UUID id)
            throws SQLException {
        return compile(spec, namespace, createdAt, id, calendars.hold(connection));
    }

    /**
     * Returns a draft's trigger, computed again if a calendar may have changed since it was
     * drafted.
     */
    NewTrigger holdCalendars(ReadCalendars held, JobCreation.Draft draft) throws SQLException {
        var drafted = draft.trigger();
        var job = draft.job();
        var spec = job.definition().schedule();
        if (drafted == null) {
            throw new IllegalArgumentException("the job runs on demand");
        }
        if (spec == null || spec.exclude() == null) {
            return drafted;
        }
        var schedule = compile(spec, drafted.namespace(), job.createdAt(), job.id(), held);
        return schedule == null
                ? drafted
                : new NewTrigger(
                        job.id(),
                        drafted.namespace(),
                        drafted.jobVersion(),
                        firstAfter(spec, schedule, job.createdAt()),
                        drafted.isPaused());
    }

    /**
     * Returns the schedule of this spec, compiled with calendars by name.
     *
     * @throws ProblemException 400 naming the field, or 422 for a schedule that never fires
     */
    public static @Nullable Schedule compile(
            @Nullable ScheduleSpec spec,
            Instant createdAt,
            UUID id,
            Map<String, Exclusion> calendars) {
        if (spec == null) {
            return null;
        }
        try {
            return spec.compile(createdAt, id.toString(), calendars);
        } catch (InvalidScheduleException invalid) {
            throw problem(invalid);
        }
    }

    static ProblemException problem(InvalidScheduleException invalid) {
        String field = invalid.field().isEmpty() ? "schedule" : "schedule." + invalid.field();
        var violations = List.of(new Violation(field, String.valueOf(invalid.getMessage())));
        return invalid.neverFires()
                ? new ProblemException(
                        ProblemKind.NEVER_FIRES, field + ": " + invalid.getMessage(), violations)
                : ProblemException.invalid(violations);
    }

    /**
     * Returns the first planned instant after {@code now}.
     *
     * @throws ProblemException 422 when there is none, naming what ends the schedule
     */
    static Instant firstAfter(@Nullable ScheduleSpec spec, Schedule schedule, Instant now) {
        var first = schedule.next(now);
        if (first == null) {
            throw new ProblemException(
                    ProblemKind.NEVER_FIRES,
                    "The schedule has no instant after " + now + ".",
                    List.of(new Violation(endOf(spec), "leaves no instant after now")));
        }
        return first;
    }

    private static String endOf(@Nullable ScheduleSpec spec) {
        if (spec == null) {
            return "schedule";
        }
        return spec.at() != null
                ? "schedule.at"
                : spec.endAt() != null
                        ? "schedule.endAt"
                        : spec.maxRuns() != null ? "schedule.maxRuns" : "schedule";
    }
}
