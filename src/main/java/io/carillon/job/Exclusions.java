package io.carillon.job;

import io.carillon.schedule.ScheduleSpec;
import java.time.Instant;
import java.util.Optional;

/** Calendars that keep schedules from instants. */
interface Exclusions {
    /**
     * The name of the calendar that excludes an instant which the schedule would have otherwise, to
     * the minute; empty when none does.
     */
    Optional<String> excluding(ScheduleSpec schedule, Instant at);
}
