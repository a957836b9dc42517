package io.carillon.execution;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Not ready while executions are not claimed. */
@Readiness
@ApplicationScoped
class DispatchHealth implements HealthCheck {
    private final Dispatcher dispatcher;

    DispatchHealth(Dispatcher dispatcher) {
        this.dispatcher = dispatcher;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("dispatcher").status(dispatcher.isAlive()).build();
    }
}
