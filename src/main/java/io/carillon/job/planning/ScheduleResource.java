package io.carillon.job.planning;

import io.carillon.database.DatabaseClock;
import io.carillon.http.Parameters;
import io.carillon.job.JobSchedules;
import io.carillon.job.Upcoming;
import io.carillon.problem.Problem;
import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.carillon.schedule.Schedule;
import io.carillon.schedule.ScheduleWarning;
import io.carillon.security.CurrentCaller;
import io.carillon.security.Needs;
import io.carillon.security.Role;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Serves previews: of a schedule that no job has yet, and of all schedules together. */
@Path("/api/v1")
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Schedules")
@RegisterForReflection
class ScheduleResource {
    private static final Duration LONGEST_FORECAST = Duration.ofDays(7);
    private static final UUID SOME_JOB = new UUID(0, 1);
    private static final UUID ANOTHER_JOB = new UUID(0, 2);

    private final JobSchedules schedules;
    private final Forecasts forecasts;
    private final DatabaseClock clock;

    private final CurrentCaller caller;

    ScheduleResource(
            JobSchedules schedules,
            Forecasts forecasts,
            DatabaseClock clock,
            CurrentCaller caller) {
        this.caller = caller;
        this.schedules = schedules;
        this.forecasts = forecasts;
        this.clock = clock;
    }

    @POST
    @Path("/schedules/preview")
    @Needs(Role.VIEWER)
    @Operation(
            operationId = "previewSchedule",
            summary =
                    "Explain a schedule: its meaning, its next instants, and warnings;"
                            + " stores nothing")
    @APIResponse(
            responseCode = "200",
            description = "The explanation; a schedule that never fires gets a warning here",
            content = @Content(schema = @Schema(implementation = Upcoming.class)))
    public Upcoming preview(
            @NotNull(message = "expected a JSON object") @Valid SchedulePreview preview) {
        var spec = preview.schedule();
        var now = clock.now();
        try {
            var schedule = compile(preview, now, SOME_JOB);
            var after = preview.from() == null ? now : preview.from().minusMillis(1);
            int count = preview.count() == null ? 10 : preview.count();
            return Upcoming.of(schedule, spec, after, count)
                    .with(ofTheJobItself(schedule, compile(preview, now, ANOTHER_JOB), after));
        } catch (ProblemException problem) {
            if (problem.kind() == ProblemKind.NEVER_FIRES) {
                return Upcoming.never(String.valueOf(problem.getMessage()));
            }
            throw problem;
        }
    }

    private Schedule compile(SchedulePreview preview, Instant now, UUID job) {
        String namespace = caller.scope().namespace(preview.namespace());
        var schedule = schedules.compile(preview.schedule(), namespace, now, job);
        if (schedule == null) {
            throw ProblemException.invalid("schedule", "must not be null");
        }
        return schedule;
    }

    /** Warns that the hash of a job that does not exist yet is unknown. */
    private static @Nullable ScheduleWarning ofTheJobItself(
            Schedule one, Schedule other, Instant after) {
        Instant first = one.next(after);
        Instant second = other.next(after);
        for (int compared = 0; compared < 3 && first != null && second != null; compared++) {
            if (!first.equals(second)) {
                return new ScheduleWarning(
                        "HASHED",
                        "H and jitter are a hash of the job's id: a job with this schedule has"
                                + " its own instants, in the same pattern as these");
            }
            first = one.next(first);
            second = other.next(second);
        }
        return null;
    }

    @GET
    @Path("/forecast")
    @Needs(Role.VIEWER)
    @Operation(
            operationId = "getForecast",
            summary = "Count the planned instants of each minute, over all active jobs")
    @APIResponse(
            responseCode = "200",
            description = "The counts; minutes without planned instants are left out",
            content = @Content(schema = @Schema(implementation = Forecast.class)))
    public Forecast forecast(
            @QueryParam("from") @Nullable String from,
            @QueryParam("to") @Nullable String to,
            @QueryParam("namespace") @Nullable String namespace) {
        var givenFrom = Parameters.instant("from", from);
        var start = givenFrom == null ? clock.now() : givenFrom;
        var givenTo = Parameters.instant("to", to);
        var end = givenTo == null ? start.plus(Duration.ofHours(1)) : givenTo;
        if (!end.isAfter(start) || Duration.between(start, end).compareTo(LONGEST_FORECAST) > 0) {
            throw ProblemException.invalid(
                    "to", "expected an instant after from, at most 7 days later");
        }
        return forecasts.of(
                start,
                end,
                caller.scope().listed(Parameters.text(namespace)).orElse(null),
                ChronoUnit.MINUTES);
    }
}
