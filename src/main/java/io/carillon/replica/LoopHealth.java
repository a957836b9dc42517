package io.carillon.replica;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Reports the replica as not ready while a vital loop fails or is stuck in a round. The health
 * document names each failing loop, vital or not, and says why.
 */
@Readiness
@ApplicationScoped
class LoopHealth implements HealthCheck {
    /**
     * Longer than the loops need to recover from a restart of PostgreSQL, shorter than the time
     * after which a probe gives up.
     */
    private static final Duration FAILING_FOR = Duration.ofSeconds(3);

    /** By then the driver's socketTimeout has ended a statement that gets no answer. */
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
