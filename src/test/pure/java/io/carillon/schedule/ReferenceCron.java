package io.carillon.schedule;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * A cron expression and what it means, made together by a generator, so that neither the parser nor
 * the evaluator is asked what is right. The planned instants are found by looking at every local
 * date and time, with java.time alone.
 */
record ReferenceCron(
        String text,
        Set<Integer> seconds,
        Set<Integer> minutes,
        Set<Integer> hours,
        boolean wildcardHour,
        Predicate<LocalDate> day) {

    NavigableSet<Instant> planned(
            ZoneId zone, ScheduleSpec.Dst dst, Instant fromInclusive, Instant toExclusive) {
        NavigableSet<Instant> result = new TreeSet<>();
        LocalDate first = LocalDate.ofInstant(fromInclusive, ZoneOffset.UTC).minusDays(2);
        LocalDate last = LocalDate.ofInstant(toExclusive, ZoneOffset.UTC).plusDays(2);
        for (LocalDate date = first; !date.isAfter(last); date = date.plusDays(1)) {
            if (date.getYear() < 1970 || date.getYear() > 2200 || !day.test(date)) {
                continue;
            }
            for (int hour : hours) {
                for (int minute : minutes) {
                    for (int second : seconds) {
                        addInstants(result, date.atTime(hour, minute, second), zone, dst);
                    }
                }
            }
        }
        return result.subSet(fromInclusive, true, toExclusive, false);
    }

    private void addInstants(
            Set<Instant> result, LocalDateTime local, ZoneId zone, ScheduleSpec.Dst dst) {
        List<ZoneOffset> offsets = zone.getRules().getValidOffsets(local);
        if (offsets.isEmpty()) {
            if (!wildcardHour && dst.gap() == ScheduleSpec.Dst.Gap.SHIFT) {
                result.add(zone.getRules().getTransition(local).getInstant());
            }
        } else if (wildcardHour || dst.overlap() == ScheduleSpec.Dst.Overlap.BOTH) {
            offsets.forEach(offset -> result.add(local.toInstant(offset)));
        } else if (dst.overlap() == ScheduleSpec.Dst.Overlap.FIRST) {
            result.add(local.toInstant(offsets.getFirst()));
        } else {
            result.add(local.toInstant(offsets.getLast()));
        }
    }

    /** The weekday nearest to a day of the month, by walking outwards within the month. */
    static LocalDate nearestWeekday(LocalDate target) {
        for (int distance : new int[] {0, -1, 1, -2, 2}) {
            LocalDate candidate = target.plusDays(distance);
            boolean weekend =
                    candidate.getDayOfWeek() == DayOfWeek.SATURDAY
                            || candidate.getDayOfWeek() == DayOfWeek.SUNDAY;
            boolean sameMonth = candidate.getMonth() == target.getMonth();
            if (!weekend && sameMonth) {
                return candidate;
            }
        }
        throw new AssertionError(target);
    }

    static int lastDayOfMonth(LocalDate date) {
        return date.with(TemporalAdjusters.lastDayOfMonth()).getDayOfMonth();
    }
}
