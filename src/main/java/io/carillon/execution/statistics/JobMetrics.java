package io.carillon.execution.statistics;

import io.carillon.execution.ExecutionState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Publishes how jobs do, if that is switched on; described in docs/metrics.md. Clients choose the
 * names of jobs, so only those that {@link JobWatch} names have their own series; the others share
 * one. A job that is no longer named loses its series, so that there are never more.
 */
@Startup
@ApplicationScoped
public class JobMetrics {
    /** No job can have this name. */
    private static final Tags OTHERS = Tags.of("job", "(others)", "job_namespace", "(others)");

    private final MeterRegistry registry;
    private final boolean isOn;
    private final MultiGauge lastSuccess;
    private final MultiGauge lastFailure;
    private final Map<Counted, Counter> counters = new ConcurrentHashMap<>();
    private final Map<UUID, Instant> successes = new ConcurrentHashMap<>();
    private final Map<UUID, Instant> failures = new ConcurrentHashMap<>();
    private volatile Map<UUID, Tags> named = Map.of();

    /** A job that has its own series, and its last ends as far as they are known. */
    record Named(
            UUID id,
            String namespace,
            String name,
            @Nullable Instant succeededAt,
            @Nullable Instant failedAt) {
        private Tags tags() {
            return Tags.of("job", name, "job_namespace", namespace);
        }
    }

    private record Counted(Tags job, String outcome) {}

    JobMetrics(MeterRegistry registry, JobMetricsConfig config) {
        this.registry = registry;
        this.isOn = config.perJob() > 0;
        this.lastSuccess =
                MultiGauge.builder("carillon.job.last.success.timestamp.seconds")
                        .description("When the job last succeeded, since 1970")
                        .register(registry);
        this.lastFailure =
                MultiGauge.builder("carillon.job.last.failure.timestamp.seconds")
                        .description("When the job last failed for good, since 1970")
                        .register(registry);
    }

    /** An execution of a job has ended, and that was stored here. */
    public void ended(UUID jobId, ExecutionState state) {
        if (isOn && state.isFinal()) {
            var key = new Counted(named.getOrDefault(jobId, OTHERS), state.name());
            counters.computeIfAbsent(key, this::counter).increment();
        }
    }

    private Counter counter(Counted counted) {
        return Counter.builder("carillon.job.executions")
                .description("Executions of the job whose end this replica stored")
                .tags(counted.job.and("outcome", counted.outcome))
                .register(registry);
    }

    /** Shows these jobs, and no longer those that are not among them. */
    void name(List<Named> jobs) {
        named = jobs.stream().collect(Collectors.toMap(Named::id, Named::tags));
        successes.keySet().retainAll(named.keySet());
        failures.keySet().retainAll(named.keySet());
        for (var job : jobs) {
            remember(successes, job.id, job.succeededAt);
            remember(failures, job.id, job.failedAt);
        }
        lastSuccess.register(rows(jobs, successes), true);
        lastFailure.register(rows(jobs, failures), true);
        var shown = new HashSet<>(named.values());
        shown.add(OTHERS);
        counters.entrySet()
                .removeIf(
                        each -> {
                            boolean isGone = !shown.contains(each.getKey().job);
                            if (isGone) {
                                registry.remove(each.getValue());
                            }
                            return isGone;
                        });
    }

    /** Keeps the later of two: an end that is too long ago to be read again is still the last. */
    private static void remember(Map<UUID, Instant> last, UUID job, @Nullable Instant at) {
        if (at != null) {
            last.merge(job, at, (before, now) -> now.isAfter(before) ? now : before);
        }
    }

    private static List<MultiGauge.Row<?>> rows(List<Named> jobs, Map<UUID, Instant> last) {
        var rows = new ArrayList<MultiGauge.Row<?>>();
        for (var job : jobs) {
            var at = last.get(job.id);
            if (at != null) {
                rows.add(MultiGauge.Row.of(job.tags(), at.toEpochMilli() / 1000.0));
            }
        }
        return rows;
    }
}
