package io.carillon.dashboard.capacity;

import io.carillon.job.JobSummaries.Placed;
import io.carillon.job.planning.Forecast;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tells which jobs meet in a minute, and which minutes near it have room.
 *
 * @param planned how many instants are planned in it
 * @param jobs the first of the jobs, those that fire every minute last
 * @param quieter minutes of the same hour with the fewest instants, the nearest first
 */
record HotMinute(Instant at, long planned, List<Due> jobs, List<Forecast.Minute> quieter) {
    static final int MAX_JOBS = 50;
    private static final int QUIETER = 4;
    private static final int MINUTES = 60;

    /** A job that is due in it; {@code namespace} is null if it is not known any more. */
    record Due(UUID id, String name, @Nullable String namespace) {}

    /**
     * @param hour by minutes; those without instants are not in it
     */
    static HotMinute of(Instant at, Forecast hour, List<UUID> ids, Map<UUID, Placed> jobs) {
        var counts = new HashMap<Instant, Long>();
        hour.minutes().forEach(minute -> counts.put(minute.at(), minute.planned()));
        var minutes = new ArrayList<Forecast.Minute>();
        for (int minute = 0; minute < MINUTES; minute++) {
            var instant = hour.from().plus(minute, ChronoUnit.MINUTES);
            minutes.add(new Forecast.Minute(instant, counts.getOrDefault(instant, 0L)));
        }
        long planned = counts.getOrDefault(at, 0L);
        var quieter =
                minutes.stream()
                        .filter(minute -> minute.planned() < planned)
                        .sorted(
                                Comparator.comparingLong(Forecast.Minute::planned)
                                        .thenComparing(
                                                minute -> Duration.between(at, minute.at()).abs()))
                        .limit(QUIETER)
                        .toList();
        return new HotMinute(
                at, planned, ids.stream().map(id -> due(id, jobs.get(id))).toList(), quieter);
    }

    private static Due due(UUID id, @Nullable Placed job) {
        return job == null
                ? new Due(id, id.toString(), null)
                : new Due(id, job.name(), job.namespace());
    }

    public boolean isCut() {
        return jobs.size() == MAX_JOBS;
    }
}
