package io.carillon.replica;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Not ready while a loop that jobs depend on fails, or is stuck in a round; the document names it
 * and says why. Other loops are named there too.
 */
@Readiness
@ApplicationScoped
class LoopHealth implements HealthCheck {
    /**
     * Longer than a restart of PostgreSQL takes to be noticed and mended, shorter than a probe's
     * patience.
     */
    private static final Duration FAILING_FOR = Duration.ofSeconds(3);

    /** A statement that gets no answer ends after this, by the driver's socketTimeout. */
    private static final Duration STUCK_FOR = Duration.ofSeconds(30);

    private final Loops loops;
    private final Duration failingFor;

    @Inject
    LoopHealth(Loops loops) {
        this(loops, FAILING_FOR);
    }

    LoopHealth(Loops loops, Duration failingFor) {
        this.loops = loops;
        this.failingFor = failingFor;
    }

    @Override
    public HealthCheckResponse call() {
        var response = HealthCheckResponse.named("loops").up();
        for (var loop : loops.started()) {
            var fault = loop.fault(failingFor, STUCK_FOR);
            response.withData(loop.name(), fault == null ? "ok" : fault);
            if (fault != null && loop.isVital()) {
                response.down();
            }
        }
        return response.build();
    }
}
