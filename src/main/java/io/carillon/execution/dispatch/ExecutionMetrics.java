package io.carillon.execution.dispatch;

import io.carillon.execution.ExecutionState;
import io.carillon.execution.ledger.Claim;
import io.carillon.execution.ledger.Completion;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.function.Supplier;

/** Counts what happens to executions; described in docs/metrics.md. */
@Startup
@ApplicationScoped
public class ExecutionMetrics {
    /** Of calls and of jobs that take an hour; few, since each type and outcome has all of them. */
    private static final Duration[] ATTEMPT_BOUNDS = {
        Duration.ofMillis(10),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofMinutes(1),
        Duration.ofMinutes(5),
        Duration.ofMinutes(30),
        Duration.ofHours(1)
    };

    private final MeterRegistry registry;
    private final Meter.MeterProvider<Timer> attempts;
    private final Timer startDelay;
    private final Counter leasesLost;
    private final Counter rescued;
    private final Counter outcomesRefused;
    private final Counter messagesDelivered;
    private final Counter messagesFailed;

    ExecutionMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.attempts =
                Timer.builder("carillon.attempt")
                        .description("Attempts, from their claim to their outcome")
                        .serviceLevelObjectives(ATTEMPT_BOUNDS)
                        .withRegistry(registry);
        this.startDelay =
                Timer.builder("carillon.execution.start.delay")
                        .description("From the time an execution is ready to run to its claim")
                        .publishPercentileHistogram()
                        .register(registry);
        this.leasesLost =
                Counter.builder("carillon.executions.lease.lost")
                        .description(
                                "Outcomes not stored because another worker holds the execution")
                        .register(registry);
        this.rescued =
                Counter.builder("carillon.executions.rescued")
                        .description("Executions taken back from dead workers")
                        .register(registry);
        this.messagesDelivered = messages(registry, ExecutionState.SUCCEEDED);
        this.messagesFailed = messages(registry, ExecutionState.FAILED);
        this.outcomesRefused =
                Counter.builder("carillon.executions.outcome.refused")
                        .description(
                                "Executions that failed because PostgreSQL refused their outcome")
                        .register(registry);
    }

    /** A message of a rule was delivered, or failed for good. */
    void messageEnded(ExecutionState state) {
        if (state == ExecutionState.SUCCEEDED) {
            messagesDelivered.increment();
        } else if (state == ExecutionState.FAILED) {
            messagesFailed.increment();
        }
    }

    private static Counter messages(MeterRegistry registry, ExecutionState state) {
        return Counter.builder("carillon.rule.deliveries")
                .description("Messages of rules that were delivered, or failed for good")
                .tag("outcome", state.name())
                .register(registry);
    }

    /** An execution was claimed. */
    public void claimed(Claim claim) {
        startDelay.record(claim.startDelay().isNegative() ? Duration.ZERO : claim.startDelay());
    }

    /** An attempt has ended. */
    public void ended(Completion completion, Duration duration) {
        attempts.withTags("type", completion.claim().type(), "outcome", completion.state().name())
                .record(duration);
    }

    void leaseLost() {
        leasesLost.increment();
    }

    void outcomeRefused() {
        outcomesRefused.increment();
    }

    void rescued(int count) {
        rescued.increment(count);
    }

    /** Both count slots; an execution takes as many as its weight until its handler ends. */
    void running(Supplier<Number> running, Supplier<Number> capacity) {
        Gauge.builder("carillon.worker.capacity", capacity)
                .description("Slots of this worker")
                .register(registry);
        Gauge.builder("carillon.worker.running", running)
                .description("Slots in use on this worker, each execution by its weight")
                .register(registry);
    }
}
