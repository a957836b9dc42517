package io.carillon.worker;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Not ready while this replica's worker has no lease that holds: nothing runs here, whether
 * heartbeats fail or come too late again and again.
 */
@Readiness
@ApplicationScoped
class LeaseHealth implements HealthCheck {
    /** As long as a loop may fail. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Worker worker;

    LeaseHealth(Worker worker) {
        this.worker = worker;
    }

    @Override
    public HealthCheckResponse call() {
        var without = worker.withoutLease();
        boolean isUp = without.compareTo(PATIENCE) < 0;
        return HealthCheckResponse.named("lease")
                .status(isUp)
                .withData(
                        "worker",
                        isUp
                                ? "ok"
                                : "without a lease that holds for %d s"
                                        .formatted(without.toSeconds()))
                .build();
    }
}
