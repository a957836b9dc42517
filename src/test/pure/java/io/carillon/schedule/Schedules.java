package io.carillon.schedule;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Short ways to say schedules and to read them, for tests. */
final class Schedules {

    static final Instant ANCHOR = Instant.parse("2026-01-01T00:00:00Z");

    private Schedules() {}

    static Schedule cron(String expression) {
        return ScheduleSpec.cron(expression).compile(ANCHOR, "seed");
    }

    static Schedule cron(String expression, String zone) {
        return cron(expression, zone, null, null);
    }

    static Schedule cron(
            String expression,
            String zone,
            ScheduleSpec.Dst.@Nullable Gap gap,
            ScheduleSpec.Dst.@Nullable Overlap overlap) {
        return new ScheduleSpec(
                        expression,
                        null,
                        null,
                        zone,
                        null,
                        null,
                        new ScheduleSpec.Dst(gap, overlap))
                .compile(ANCHOR, "seed");
    }

    /** All planned instants in a half-open range, by walking forwards. */
    static List<Instant> between(Schedule schedule, String fromInclusive, String toExclusive) {
        List<Instant> result = new ArrayList<>();
        Instant end = Instant.parse(toExclusive);
        Instant planned = schedule.next(Instant.parse(fromInclusive).minusNanos(1));
        while (planned != null && planned.isBefore(end)) {
            result.add(planned);
            planned = schedule.next(planned);
        }
        return result;
    }

    /** The first planned instants after a moment. */
    static List<Instant> page(Schedule schedule, Instant after, int size) {
        List<Instant> result = new ArrayList<>();
        Instant planned = schedule.next(after);
        while (planned != null && result.size() < size) {
            result.add(planned);
            planned = schedule.next(planned);
        }
        return result;
    }

    static List<Instant> instants(String... texts) {
        return List.of(texts).stream().map(Instant::parse).toList();
    }
}
