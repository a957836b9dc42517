package io.carillon.trace;

import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.eclipse.microprofile.config.Config;

/**
 * Takes finished spans, and the executions that have ended. It never blocks: what does not fit is
 * dropped and counted.
 */
@ApplicationScoped
public class Traces {
    /** Some seconds of a busy replica; a span is about half a kilobyte. */
    static final int MAX_QUEUED = 20_000;

    private static final int RANDOM_BITS = 56;
    private static final long RANDOM = (1L << RANDOM_BITS) - 1;

    private final Optional<Collector> collector;
    private final TraceMetrics metrics;
    private final long threshold;
    private final BlockingQueue<Span> finished = new LinkedBlockingQueue<>(MAX_QUEUED);
    private final BlockingQueue<UUID> ended = new LinkedBlockingQueue<>(MAX_QUEUED);

    Traces(TraceConfig config, Config variables, TraceMetrics metrics) {
        this.collector = collector(config, variables);
        this.metrics = metrics;
        this.threshold = Math.round((1 - config.ratio()) * (1L << RANDOM_BITS));
    }

    /**
     * Without a collector, since a variable that is wrong must not stop a service from starting.
     */
    private static Optional<Collector> collector(TraceConfig config, Config variables) {
        try {
            return Collector.of(config, name -> variables.getOptionalValue(name, String.class));
        } catch (IllegalArgumentException noUrl) {
            Log.errorf("traces are off, OTEL_EXPORTER_OTLP_ENDPOINT: %s", noUrl.getMessage());
            return Optional.empty();
        }
    }

    Optional<Collector> collector() {
        return collector;
    }

    /** Whether spans are sent. */
    public boolean areOn() {
        return collector.isPresent();
    }

    /**
     * Whether an execution is in the part that is traced. The last 56 bits of an id are random, and
     * compared as <a href="https://www.w3.org/TR/trace-context-2/#random-trace-id-flag">others</a>
     * compare those of trace ids, so what another service samples by the same ratio is the same.
     */
    boolean isInSample(UUID executionId) {
        return (executionId.getLeastSignificantBits() & RANDOM) >= threshold;
    }

    /** Whether spans of an execution are sent. */
    public boolean isTraced(UUID executionId) {
        return areOn() && isInSample(executionId);
    }

    /**
     * Returns what an attempt is called by: its execution's trace, and the attempt's span. It says
     * so also while traces are off, since targets may have traces of their own.
     */
    public TraceParent parent(UUID executionId, long epoch) {
        return new TraceParent(
                TraceIds.traceOf(executionId), TraceIds.spanOf(epoch), isInSample(executionId));
    }

    /** Takes a span. */
    public void add(Span span) {
        if (areOn() && !finished.offer(span)) {
            metrics.dropped(1);
        }
    }

    /** Takes an execution that has ended, or will when a transaction is committed. */
    public void ended(UUID executionId) {
        if (isTraced(executionId) && !ended.offer(executionId)) {
            metrics.dropped(1);
        }
    }

    /** Returns executions that were added, and forgets them. */
    public Collection<UUID> takeEnded(int most) {
        var taken = new ArrayList<UUID>();
        ended.drainTo(taken, most);
        return taken;
    }

    /** Returns spans that were added, and forgets them. */
    List<Span> take(int most) {
        var taken = new ArrayList<Span>();
        finished.drainTo(taken, most);
        return taken;
    }
}
