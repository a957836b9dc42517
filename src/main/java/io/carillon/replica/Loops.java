package io.carillon.replica;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** Makes this replica's {@linkplain Loop loops} and keeps the list of those that were started. */
@ApplicationScoped
public class Loops {
    private final MeterRegistry registry;
    private final List<Loop> started = new CopyOnWriteArrayList<>();

    Loops(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Makes a loop that jobs depend on: the replica is not ready while it fails or is stuck. */
    public Loop vital(String name, Loop.Round round) {
        return new Loop(name, true, round);
    }

    /** Makes a loop whose failures are logged and counted, and leave the replica ready. */
    public Loop background(String name, Loop.Round round) {
        return new Loop(name, false, round);
    }

    /** Starts a loop; from now on readiness and metrics know it. */
    public void start(Loop loop) {
        TimeGauge.builder(
                        "carillon.loop.age",
                        loop,
                        TimeUnit.MILLISECONDS,
                        each -> (double) each.sinceGoodRound().toMillis())
                .description("Since each background loop last ended a round without a failure")
                .tag("loop", loop.name())
                .register(registry);
        FunctionCounter.builder("carillon.loop.failures", loop, each -> (double) each.failures())
                .description("Rounds of each background loop that failed")
                .tag("loop", loop.name())
                .register(registry);
        started.add(loop);
        loop.start();
    }

    /** The loops that were started, in that order. */
    List<Loop> started() {
        return List.copyOf(started);
    }
}
