package io.carillon.replica;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * Makes this replica's {@linkplain Loop loops}, and lists those that were started. The list
 * includes rounds of threads that are not loops.
 */
@ApplicationScoped
public class Loops {
    private final MeterRegistry registry;
    private final List<Rounds> started = new CopyOnWriteArrayList<>();

    Loops(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Makes a loop that jobs depend on: the replica is not ready while it fails or is stuck. */
    public Loop vital(String name, Loop.Round round) {
        return new Loop(name, true, round);
    }

    /** Makes a loop whose failures are logged and counted, but leave the replica ready. */
    public Loop background(String name, Loop.Round round) {
        return new Loop(name, false, round);
    }

    /** Starts a loop; from now on readiness and metrics know it. */
    public void start(Loop loop) {
        know(loop.rounds());
        loop.start();
    }

    /**
     * Makes the record of the rounds of a thread that jobs depend on but that is not a loop,
     * because a library paces it.
     *
     * @param longestRest the longest pause of that thread between two rounds
     */
    public Rounds elsewhere(String name, Duration longestRest) {
        return new Rounds(name, true, longestRest);
    }

    /**
     * Makes the record of rounds that replicas take turns in. Their failures are logged like those
     * of loops. Readiness and metrics do not use this record, since it covers one replica: the
     * caller reports on all replicas.
     */
    public Rounds inTurn(String name) {
        return new Rounds(name, false, null);
    }

    /**
     * Registers the rounds of a thread that starts; from now on readiness and metrics know them.
     */
    public void start(Rounds rounds) {
        rounds.watch(null);
        know(rounds);
    }

    private void know(Rounds rounds) {
        TimeGauge.builder(
                        "carillon.loop.age",
                        rounds,
                        TimeUnit.MILLISECONDS,
                        each -> (double) each.sinceGoodRound().toMillis())
                .description("Since each background loop last ended a round without a failure")
                .tag("loop", rounds.name())
                .register(registry);
        FunctionCounter.builder("carillon.loop.failures", rounds, each -> (double) each.failures())
                .description("Rounds of each background loop that failed")
                .tag("loop", rounds.name())
                .register(registry);
        started.add(rounds);
    }

    /** Returns the rounds of everything that was started, in the order of the starts. */
    List<Rounds> started() {
        return List.copyOf(started);
    }
}
