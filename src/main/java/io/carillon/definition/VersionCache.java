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
 * Caches values made from jobs' rows, by the id and version of each job. A caller has read the
 * version in the same transaction, with an execution or with a locked trigger, so a cached value is
 * never stale, and no message is needed to invalidate it.
 *
 * @param <V> the value made from a row
 */
public final class VersionCache<V> {
    private final Cache<JobVersion, V> cache;

    /** Reads jobs that are not in the cache. */
    public interface Reader<V> {
        /**
         * Returns values from the current rows of these jobs; jobs that no longer exist are absent.
         */
        List<Read<V>> read(List<UUID> jobIds) throws SQLException;
    }

    /**
     * A value made from one row.
     *
     * @param job with the version that was read
     * @param isKept whether the row alone determines the value; otherwise it is made again each
     *     time
     */
    public record Read<V>(JobVersion job, V value, boolean isKept) {}

    /**
     * @param name the name of the cache in its metrics
     * @param maxKept the most values that are kept; the least used are dropped
     */
    public VersionCache(String name, long maxKept, MeterRegistry registry) {
        cache = Caffeine.newBuilder().maximumSize(maxKept).recordStats().build();
        CaffeineCacheMetrics.monitor(registry, cache, name);
    }

    /** Returns values by job id; jobs that no longer exist are absent. */
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
