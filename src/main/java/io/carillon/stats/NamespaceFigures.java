package io.carillon.stats;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.statistics.ExecutionStats;
import io.carillon.execution.statistics.JobStatistics;
import io.carillon.handler.report.Figures;
import io.carillon.handler.report.Table;
import io.carillon.job.JobListing;
import io.carillon.job.JobQuery;
import io.carillon.security.Scope;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Sums up the jobs of a namespace, each as {@code GET /jobs/{id}/stats} does. {@link Statistics}
 * sums up all namespaces, which a job of one of them must not tell.
 */
@ApplicationScoped
class NamespaceFigures implements Figures {
    private static final List<String> COLUMNS =
            List.of(
                    "job",
                    "type",
                    "succeeded",
                    "failed",
                    "cancelled",
                    "skipped",
                    "successPercent",
                    "medianSeconds",
                    "p95Seconds");

    private static final double PERCENT = 100;
    private static final double TENTHS = 10;
    private static final double MILLIS = 1000;

    private final JobListing jobs;
    private final JobStatistics statistics;

    NamespaceFigures(JobListing jobs, JobStatistics statistics) {
        this.jobs = jobs;
        this.statistics = statistics;
    }

    @Override
    public Table of(String namespace, Instant from, Instant to, int maxJobs)
            throws InterruptedException {
        var found = jobs.matching(Scope.EVERYTHING, JobQuery.in(namespace), null, maxJobs + 1);
        var rows = JsonNodeFactory.instance.arrayNode();
        for (var job : found.subList(0, Math.min(maxJobs, found.size()))) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            var row = rows.addObject().put("job", job.name).put("type", job.type);
            write(row, statistics.of(job.id, from, to));
        }
        return new Table(COLUMNS, rows, found.size() <= maxJobs);
    }

    private static void write(ObjectNode row, ExecutionStats stats) {
        row.put("succeeded", count(stats, ExecutionState.SUCCEEDED));
        row.put("failed", count(stats, ExecutionState.FAILED));
        row.put("cancelled", count(stats, ExecutionState.CANCELLED));
        row.put("skipped", count(stats, ExecutionState.SKIPPED));
        var rate = stats.successRate();
        // Rounded down: what is not perfect does not look so.
        row.put("successPercent", rate == null ? null : floored(rate));
        var durations = stats.duration();
        row.put("medianSeconds", durations == null ? null : seconds(durations.p50()));
        row.put("p95Seconds", durations == null ? null : seconds(durations.p95()));
    }

    private static long count(ExecutionStats stats, ExecutionState state) {
        return stats.byState().getOrDefault(state, 0L);
    }

    private static double floored(double rate) {
        return Math.floor(rate * PERCENT * TENTHS) / TENTHS;
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / MILLIS;
    }
}
