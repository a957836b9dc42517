package io.carillon.housekeeping;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Names the overdue duties in the health document. It never makes a replica not ready: jobs fire
 * and run without housekeeping, and if one replica cannot do a duty, the others cannot either.
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
