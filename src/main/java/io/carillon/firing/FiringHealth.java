package io.carillon.firing;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Reports when this replica last fired, and how many triggers it has set aside. Its rounds, which
 * are listed with the loops, show whether it is able to fire.
 */
@Readiness
@ApplicationScoped
class FiringHealth implements HealthCheck {
    private final FiringConfig config;
    private final Firing firing;
    private final SetAside setAside;

    FiringHealth(FiringConfig config, Firing firing, SetAside setAside) {
        this.config = config;
        this.firing = firing;
        this.setAside = setAside;
    }

    @Override
    public HealthCheckResponse call() {
        var response = HealthCheckResponse.named("firing").up();
        if (!config.enabled()) {
            return response.withData("enabled", false).build();
        }
        var last = firing.lastFiredAt();
        return response.withData("lastFiring", last == null ? "none yet" : last.toString())
                .withData("setAside", setAside.size())
                .build();
    }
}
