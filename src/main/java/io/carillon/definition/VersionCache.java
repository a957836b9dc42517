package io.carillon.definition;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Keeps what is made of jobs' rows, under the id and the version of each job. Whoever asks has read
 * the version in the same transaction, with an execution or with a locked trigger, so what is found
 * under it is never stale, and no message has to arrive for that.
 *
 * @param <V> what is made of a row
 */
public final class VersionCache<V> {
    private final Cache<JobVersion, V> cache;

    /** Reads jobs that are not kept. */
    public interface Reader<V> {
        /**
         * Returns what there is of these jobs, as their rows are now; jobs that no longer exist are
         * absent.
         */
        List<Read<V>> read(List<UUID> jobIds) throws SQLException;
    }

    /**
     * A value made of one row.
     *
     * @param job with the version that was read
     * @param isKept whether the row alone determines the value; otherwise it is made again each
     *     time
     */
    public record Read<V>(JobVersion job, V value, boolean isKept) {}

    /**
     * @param name of the cache in its metrics
     * @param maxKept how many values are kept at most; those that were least used are dropped
     */
    public VersionCache(String name, long maxKept, MeterRegistry registry) {
        cache = Caffeine.newBuilder().maximumSize(maxKept).recordStats().build();
        CaffeineCacheMetrics.monitor(registry, cache, name);
    }

    /** Values by the ids of their jobs; jobs that are no more are absent. */
    public Map<UUID, V> of(Collection<JobVersion> jobs, Reader<V> reader) throws SQLException {
        var found = HashMap.<UUID, V>newHashMap(jobs.size());
        var missing = new ArrayList<UUID>();
        for (var job : jobs) {
            var value = cache.getIfPresent(job);
            if (value == null) {
                missing.add(job.jobId());
            } else {
                found.put(job.jobId(), value);
            }
        }
        if (!missing.isEmpty()) {
            for (var read : reader.read(missing)) {
                found.put(read.job.jobId(), read.value);
                if (read.isKept) {
                    cache.put(read.job, read.value);
                }
            }
        }
        return found;
    }
}
