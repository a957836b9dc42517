package io.carillon.schedule;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Divides the time line of one zone, over the years of cron, into stretches of constant offset from
 * UTC. {@link ZoneRules} allocates at every call; this is a binary search in two small arrays. All
 * instants are epoch seconds; offsets are seconds to add to UTC.
 *
 * <p>Stretch {@code i} begins at {@code startOf(i)} and ends where the next begins; the first and
 * the last have no outer end.
 */
final class ZoneTimeline {

    /**
     * Zones differ from UTC by at most this, so a local time differs from its instant by no more.
     */
    static final int MAX_OFFSET = ZoneOffset.MAX.getTotalSeconds();

    /** Has at most one entry per zone id of the JDK: several hundred of some kilobytes each. */
    private static final Map<ZoneId, ZoneTimeline> CACHE = new ConcurrentHashMap<>();

    private static final long FROM = CronExpression.FIRST_LOCAL - 2L * MAX_OFFSET;
    private static final long UNTIL = CronExpression.LAST_LOCAL + 2L * MAX_OFFSET;

    private final long[] starts;
    private final int[] offsets;

    private ZoneTimeline(long[] starts, int[] offsets) {
        this.starts = starts;
        this.offsets = offsets;
    }

    static ZoneTimeline of(ZoneId zone) {
        ZoneRules rules = zone.getRules();
        if (rules.isFixedOffset()) {
            // Offsets are not cached: a client may make up any number of them ("+01:00",
            // "+01:00:01", …).
            int offset = rules.getOffset(Instant.EPOCH).getTotalSeconds();
            return new ZoneTimeline(new long[] {Long.MIN_VALUE}, new int[] {offset});
        }
        return CACHE.computeIfAbsent(zone, key -> ofRules(key.getRules()));
    }

    private static ZoneTimeline ofRules(ZoneRules rules) {
        Instant cursor = Instant.ofEpochSecond(FROM);
        List<ZoneOffsetTransition> transitions = new ArrayList<>();
        ZoneOffsetTransition transition = rules.nextTransition(cursor);
        while (transition != null && transition.toEpochSecond() < UNTIL) {
            transitions.add(transition);
            transition = rules.nextTransition(transition.getInstant());
        }
        long[] starts = new long[transitions.size() + 1];
        int[] offsets = new int[transitions.size() + 1];
        starts[0] = Long.MIN_VALUE;
        offsets[0] = rules.getOffset(cursor).getTotalSeconds();
        for (int i = 0; i < transitions.size(); i++) {
            starts[i + 1] = transitions.get(i).toEpochSecond();
            offsets[i + 1] = transitions.get(i).getOffsetAfter().getTotalSeconds();
        }
        return new ZoneTimeline(starts, offsets);
    }

    int stretches() {
        return starts.length;
    }

    /** The stretch that holds an instant. */
    int stretchAt(long epochSecond) {
        int found = Arrays.binarySearch(starts, epochSecond);
        return found >= 0 ? found : -found - 2;
    }

    boolean isFirst(int stretch) {
        return stretch == 0;
    }

    boolean isLast(int stretch) {
        return stretch == starts.length - 1;
    }

    /** The first second of a stretch; {@link Long#MIN_VALUE} for the first. */
    long startOf(int stretch) {
        return starts[stretch];
    }

    int offsetOf(int stretch) {
        return offsets[stretch];
    }

    /** Whether clocks went forward when the stretch began: local times are missing before it. */
    boolean beginsWithGap(int stretch) {
        return stretch > 0 && offsets[stretch] > offsets[stretch - 1];
    }

    /** Whether clocks went back when the stretch began: its first local times are repeated. */
    boolean beginsWithOverlap(int stretch) {
        return stretch > 0 && offsets[stretch] < offsets[stretch - 1];
    }

    /** The local time at the start of a stretch by the clock of the stretch before. */
    long startByFormerClock(int stretch) {
        return starts[stretch] + offsets[stretch - 1];
    }

    /** The local time at the start of a stretch by its own clock. */
    long startByOwnClock(int stretch) {
        return starts[stretch] + offsets[stretch];
    }
}
