package io.carillon.job;

import io.carillon.schedule.ScheduleSpec;
import io.quarkus.arc.DefaultBean;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Optional;

/** As long as no schedule can name a calendar. */
@DefaultBean
@ApplicationScoped
class NoExclusions implements Exclusions {
    @Override
    public Optional<String> excluding(ScheduleSpec schedule, Instant at) {
        return Optional.empty();
    }
}
