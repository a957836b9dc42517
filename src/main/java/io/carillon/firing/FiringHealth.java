package io.carillon.firing;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Not ready while due triggers are not looked for. */
@Readiness
@ApplicationScoped
class FiringHealth implements HealthCheck {
    private final FiringScheduler scheduler;

    FiringHealth(FiringScheduler scheduler) {
        this.scheduler = scheduler;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("firing").status(scheduler.isAlive()).build();
    }
}
