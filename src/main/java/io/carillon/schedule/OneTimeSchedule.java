package io.carillon.schedule;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Plans a single instant. */
record OneTimeSchedule(Instant at) implements Schedule {

    @Override
    public @Nullable Instant next(Instant after) {
        return at.isAfter(after) ? at : null;
    }

    @Override
    public @Nullable Instant previous(Instant before) {
        return at.isBefore(before) ? at : null;
    }

    @Override
    public String description() {
        return "once, at " + at;
    }

    @Override
    public List<ScheduleWarning> warnings(Instant from) {
        return List.of();
    }
}
