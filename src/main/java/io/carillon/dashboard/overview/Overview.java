package io.carillon.dashboard.overview;

import io.carillon.dashboard.Chart;
import io.carillon.dashboard.DeadLetters;
import io.carillon.dashboard.ExecutionTable;
import io.carillon.queue.QueueView;
import io.carillon.stats.StatsView;
import io.carillon.worker.WorkerView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Holds what the first screen shows.
 *
 * @param jobs how many there are, in words
 * @param dead what failed for good in the last 24 hours and was not run again
 * @param queues those of the namespaces that the caller sees
 * @param workers none if the caller may not see them
 * @param stats null if the caller may not see them
 */
record Overview(
        String jobs,
        boolean hasJobs,
        DeadLetters dead,
        ExecutionTable latest,
        List<Planned> next,
        List<QueueView> queues,
        List<WorkerView> workers,
        @Nullable StatsView stats) {
    private static final int ERRORS = 8;
    private static final Duration LATE = Duration.ofSeconds(10);

    /** The next planned instant of a job. */
    record Planned(String jobId, String name, Instant at) {}

    /** Draws what ended in the last hour. */
    public Chart ends() {
        return Chart.ofEnds(stats == null ? List.of() : stats.minutes());
    }

    /** Draws how long executions waited in the last hour. */
    public Chart delays() {
        return Chart.ofDelays(stats == null ? List.of() : stats.minutes());
    }

    /** Returns how many slots of live workers are in use. */
    public long running() {
        return workers.stream().mapToLong(WorkerView::running).sum();
    }

    public long capacity() {
        return workers.stream().mapToLong(WorkerView::capacity).sum();
    }

    public long waiting() {
        return queues.stream()
                .mapToLong(
                        queue -> queue.statistics() == null ? 0 : queue.statistics().held("QUEUED"))
                .sum();
    }

    /** Returns how many executions ended per second over about the last minute. */
    public double perSecond() {
        return queues.stream()
                .mapToDouble(
                        queue ->
                                queue.statistics() == null
                                                || queue.statistics().outPerSecond() == null
                                        ? 0
                                        : queue.statistics().outPerSecond())
                .sum();
    }

    /** Returns the queues in which something waits for longer than it should. */
    public List<QueueView> late() {
        return queues.stream()
                .filter(
                        queue ->
                                !queue.paused()
                                        && queue.statistics() != null
                                        && queue.statistics().oldestAge() != null
                                        && queue.statistics().oldestAge().compareTo(LATE) > 0)
                .toList();
    }

    public List<QueueView> paused() {
        return queues.stream().filter(QueueView::paused).toList();
    }

    /** Returns the errors to show. */
    public List<DeadLetters.Group> errors() {
        return dead.groups().stream().limit(ERRORS).toList();
    }

    public String failedInWords() {
        return String.format(Locale.ROOT, "%,d", dead.total()) + (dead.isCut() ? " or more" : "");
    }
}
