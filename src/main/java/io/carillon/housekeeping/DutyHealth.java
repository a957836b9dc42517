package io.carillon.housekeeping;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Names the duties that are overdue, and never makes a replica not ready: jobs fire and run without
 * housekeeping, and what one replica cannot do, all cannot.
 */
@Readiness
@ApplicationScoped
class DutyHealth implements HealthCheck {
    private final Housekeeping housekeeping;
    private final DutyWatch watch;

    DutyHealth(Housekeeping housekeeping, DutyWatch watch) {
        this.housekeeping = housekeeping;
        this.watch = watch;
    }

    @Override
    public HealthCheckResponse call() {
        var response = HealthCheckResponse.named("housekeeping").up();
        for (var duty : housekeeping.duties()) {
            var fault = watch.overdue(duty);
            response.withData(duty.name(), fault == null ? "ok" : fault);
        }
        return response.build();
    }
}
