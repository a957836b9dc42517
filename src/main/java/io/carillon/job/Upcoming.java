package io.carillon.job;

import io.carillon.schedule.Schedule;
import io.carillon.schedule.ScheduleSpec;
import io.carillon.schedule.ScheduleWarning;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Explains a schedule: in words, by its next planned instants and with warnings. */
@Schema(name = "UpcomingInstants")
@RegisterForReflection
public record Upcoming(
        @Schema(examples = "at 09:00 on Monday, Europe/Paris time") String description,
        @Schema(description = "In order; fewer than asked when the schedule ends")
                List<Planned> next,
        @Schema(description = "Effects of the schedule that its author may not have intended")
                List<ScheduleWarning> warnings) {

    static final String NEVER_FIRES = "NEVER_FIRES";

    /** A planned instant, in UTC and in the local time of the schedule's zone. */
    @Schema(name = "PlannedInstant")
    @RegisterForReflection
    public record Planned(
            @Schema(examples = "2026-11-23T08:00:00Z") Instant at,
            @Schema(
                            implementation = String.class,
                            format = "date-time",
                            examples = "2026-11-23T09:00:00+01:00")
                    OffsetDateTime local) {}

    public static Upcoming onDemand() {
        return new Upcoming("on demand", List.of(), List.of());
    }

    /** Explains a well-formed schedule that no instant ever matches. */
    public static Upcoming never(String message) {
        return new Upcoming("never", List.of(), List.of(new ScheduleWarning(NEVER_FIRES, message)));
    }

    /**
     * @param after exclusive
     */
    public static Upcoming of(Schedule schedule, ScheduleSpec spec, Instant after, int count) {
        var zone = spec.timeZone() == null ? ZoneOffset.UTC : ZoneId.of(spec.timeZone().strip());
        var next = new ArrayList<Planned>();
        Instant instant = schedule.next(after);
        while (instant != null && next.size() < count) {
            next.add(new Planned(instant, OffsetDateTime.ofInstant(instant, zone)));
            instant = schedule.next(instant);
        }
        var warnings = new ArrayList<ScheduleWarning>();
        if (next.isEmpty()) {
            warnings.add(
                    new ScheduleWarning(NEVER_FIRES, "there is no planned instant after " + after));
        }
        warnings.addAll(schedule.warnings(after));
        return new Upcoming(schedule.description(), next, warnings);
    }

    /** Returns this with one more warning; unchanged if it is null. */
    public Upcoming with(@Nullable ScheduleWarning warning) {
        if (warning == null) {
            return this;
        }
        var more = new ArrayList<>(warnings);
        more.add(warning);
        return new Upcoming(description, next, more);
    }
}
