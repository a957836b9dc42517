package io.carillon.dashboard;

import io.carillon.execution.ledger.ExecutionQueries.Latest;
import io.carillon.job.JobSummary;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Shows a job on the page; every component is text, which may be empty. */
record JobRow(
        String id,
        String name,
        String namespace,
        String type,
        String schedule,
        String status,
        String next,
        String last,
        String lastState) {

    static JobRow of(JobSummary job, Instant now) {
        var latest = job.lastExecution();
        return new JobRow(
                job.id().toString(),
                job.name(),
                "default".equals(job.namespace()) ? "" : job.namespace(),
                job.type(),
                job.schedule(),
                job.status().name().toLowerCase(Locale.ROOT),
                text(job.nextFireAt(), now),
                text(lastAt(job, latest), now),
                latest == null ? "" : latest.state().name().toLowerCase(Locale.ROOT));
    }

    /**
     * Returns when its last execution ended, manual runs included; otherwise the last fired
     * instant.
     */
    private static @Nullable Instant lastAt(JobSummary job, @Nullable Latest latest) {
        return latest == null || latest.finishedAt() == null
                ? job.lastFireAt()
                : latest.finishedAt();
    }

    private static String text(@Nullable Instant at, Instant now) {
        return at == null ? "" : TimeText.at(at, now);
    }
}
