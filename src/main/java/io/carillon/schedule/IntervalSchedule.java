package io.carillon.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Plans the instants {@code origin + n × every}, for {@code n} from {@code firstIndex} on. The
 * phase depends only on the origin, never on when something ran, so it survives restarts and
 * catch-up. It follows elapsed time, independent of time zones. Every method takes constant time.
 *
 * @param every the distance of two planned instants, whole milliseconds, positive
 * @param origin the phase, whole milliseconds
 * @param firstIndex 0 when the origin itself is planned, else 1
 * @param endAt the last instant that may be planned, or null
 */
record IntervalSchedule(Duration every, Instant origin, long firstIndex, @Nullable Instant endAt)
        implements Schedule {

    @Override
    public @Nullable Instant next(Instant after) {
        long index = Math.max(indexAtOrBefore(Instants.floorMillis(after)) + 1, firstIndex);
        return index > lastIndex() ? null : instantOf(index);
    }

    @Override
    public @Nullable Instant previous(Instant before) {
        long index = Math.min(indexAtOrBefore(Instants.lastMillisBefore(before)), lastIndex());
        return index < firstIndex ? null : instantOf(index);
    }

    @Override
    public long count(Instant fromInclusive, Instant toExclusive, long limit) {
        long before = indexAtOrBefore(Instants.lastMillisBefore(fromInclusive));
        long first = Math.max(before + 1, firstIndex);
        long last = indexAtOrBefore(Instants.lastMillisBefore(toExclusive));
        long count = Math.min(last, lastIndex()) - first + 1;
        return Math.max(0, Math.min(count, limit));
    }

    @Override
    public boolean countsAtOnce() {
        return true;
    }

    @Override
    public String description() {
        StringBuilder text = new StringBuilder("every ").append(DurationText.inWords(every));
        if (firstIndex == 0) {
            text.append(", from ").append(origin);
        }
        if (endAt != null) {
            text.append(", until ").append(endAt);
        }
        return text.toString();
    }

    @Override
    public List<ScheduleWarning> warnings(Instant from) {
        return List.of();
    }

    /** Returns the n-th planned instant, from 1; the end of time if there are fewer. */
    Instant run(int number) {
        long index = firstIndex + number - 1;
        return index > lastIndex() ? Instant.MAX : instantOf(index);
    }

    private long indexAtOrBefore(long epochMillis) {
        return Math.floorDiv(epochMillis - origin.toEpochMilli(), every.toMillis());
    }

    private long lastIndex() {
        Instant last = endAt == null ? Instants.LATEST : endAt;
        return indexAtOrBefore(Instants.floorMillis(last));
    }

    private Instant instantOf(long index) {
        return Instant.ofEpochMilli(origin.toEpochMilli() + index * every.toMillis());
    }
}
