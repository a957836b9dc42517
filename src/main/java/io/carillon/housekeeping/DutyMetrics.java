package io.carillon.housekeeping;

import io.carillon.database.DatabaseClock;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.TimeUnit;

/** Publishes how duties went; described in docs/metrics.md. */
@Startup
@ApplicationScoped
class DutyMetrics {
    private final Housekeeping housekeeping;
    private final DutyWatch watch;
    private final DatabaseClock clock;

    DutyMetrics(
            Housekeeping housekeeping,
            DutyWatch watch,
            DatabaseClock clock,
            MeterRegistry registry) {
        this.housekeeping = housekeeping;
        this.watch = watch;
        this.clock = clock;
        housekeeping.duties().forEach(duty -> register(duty, registry));
    }

    private void register(Duty duty, MeterRegistry registry) {
        TimeGauge.builder("carillon.housekeeping.age", duty, TimeUnit.MILLISECONDS, this::ageMillis)
                .description("Time since each duty of housekeeping was last done by any replica")
                .tag("duty", duty.name())
                .register(registry);
        Gauge.builder(
                        "carillon.housekeeping.overdue",
                        duty,
                        each -> watch.overdue(each) == null ? 0 : 1)
                .description("Whether each duty of housekeeping is overdue: 1 if it is")
                .tag("duty", duty.name())
                .register(registry);
        FunctionCounter.builder(
                        "carillon.housekeeping.failures",
                        housekeeping.rounds(duty),
                        rounds -> (double) rounds.failures())
                .description("How often each duty of housekeeping failed on this replica")
                .tag("duty", duty.name())
                .register(registry);
    }

    private double ageMillis(Duty duty) {
        var state = housekeeping.states().get(duty.name());
        return state == null ? Double.NaN : (double) state.age(clock.now()).toMillis();
    }
}
