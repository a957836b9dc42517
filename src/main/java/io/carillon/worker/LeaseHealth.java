package io.carillon.worker;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Reports the replica as not ready while its worker has no steady lease: nothing runs here, whether
 * heartbeats fail or repeatedly come too late.
 */
@Readiness
@ApplicationScoped
class LeaseHealth implements HealthCheck {
    /** The same time for which a loop may fail. */
    private static final Duration UNSTEADY_FOR = Duration.ofSeconds(3);

    private final Worker worker;

    LeaseHealth(Worker worker) {
        this.worker = worker;
    }

    @Override
    public HealthCheckResponse call() {
        var without = worker.withoutLease();
        boolean isUp = without.compareTo(UNSTEADY_FOR) < 0;
        return HealthCheckResponse.named("lease")
                .status(isUp)
                .withData(
                        "worker",
                        isUp
                                ? "ok"
                                : "without a steady lease for %d s".formatted(without.toSeconds()))
                .build();
    }
}
