package io.carillon.replica;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Reports the version of this replica. */
@Readiness
@ApplicationScoped
class ReplicaHealth implements HealthCheck {
    private final String version;

    ReplicaHealth(
            @ConfigProperty(name = "quarkus.application.version", defaultValue = "unknown")
                    String version) {
        this.version = version;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("carillon").up().withData("version", version).build();
    }
}
