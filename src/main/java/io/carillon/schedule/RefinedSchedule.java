package io.carillon.schedule;

import io.carillon.schedule.Exclusion.Excluded;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Plans a rule's instants, without those that calendars exclude, each delayed by jitter, up to a
 * number of runs.
 *
 * <p>Exclusions apply to the rule's own instants; an excluded instant is not planned and does not
 * count as a run. The others are delayed by {@code hash(seed, instant) mod room}. The room is the
 * jitter, shortened so that a delayed instant never reaches the rule's next instant nor passes the
 * schedule's end. So delayed instants keep their order, each has its own stretch, and every replica
 * computes the same ones after every restart, whatever the calendars say. An instant that would be
 * delayed into excluded time is not delayed.
 *
 * <p>A number of runs is converted into the last run once, when the schedule is compiled.
 */
final class RefinedSchedule implements Schedule {

    /**
     * The most excluded stretches in a row that a search examines; after that nothing more is
     * planned. For a daily schedule that is 27 years.
     */
    static final int LONGEST_SEARCH = 10_000;

    private static final int MAX_STEPS_TO_LAST_RUN = 200_000;
    private static final int MAX_WARNED_OF = 1000;
    private static final Duration AHEAD = Duration.ofDays(366);

    private final Schedule rule;
    private final List<Exclusion> exclusions;
    private final List<String> calendars;
    private final long jitter;
    private final long seedHash;
    private final Instant latest;
    private final int maxRuns;
    private final Instant first;
    private final Instant last;

    /**
     * The refinements of a rule.
     *
     * @param calendars the names of the exclusions, in their order
     * @param jitter zero: none
     * @param endAt the rule's end, or null
     * @param maxRuns zero: no limit
     * @param runsFrom the first instant at or after this is the first run
     */
    record Refinement(
            List<Exclusion> exclusions,
            List<String> calendars,
            Duration jitter,
            String seed,
            @Nullable Instant endAt,
            int maxRuns,
            Instant runsFrom) {

        boolean isNone() {
            return exclusions.isEmpty() && jitter.isZero() && maxRuns == 0;
        }
    }

    RefinedSchedule(Schedule rule, Refinement refinement) {
        this.rule = rule;
        this.exclusions = refinement.exclusions();
        this.calendars = refinement.calendars();
        this.jitter = refinement.jitter().toMillis();
        this.seedHash = SeedHash.of(refinement.seed());
        Instant endAt = refinement.endAt();
        this.latest = endAt == null || endAt.isAfter(Instants.LATEST) ? Instants.LATEST : endAt;
        this.maxRuns = refinement.maxRuns();
        this.first = maxRuns == 0 ? Instant.MIN : refinement.runsFrom();
        this.last = maxRuns == 0 ? Instant.MAX : lastRun();
    }

    @Override
    public @Nullable Instant next(Instant after) {
        if (jitter > 0) {
            // The rule's instant may have passed while its delayed one has not.
            Instant current = rule.previous(Instants.justAfter(after));
            if (current != null && isKept(current)) {
                Instant delayed = delayed(current);
                if (delayed.isAfter(after)) {
                    return delayed;
                }
            }
        }
        Instant kept = nextKept(after, new Search(LONGEST_SEARCH));
        return kept == null || kept.isAfter(last) ? null : delayed(kept);
    }

    @Override
    public @Nullable Instant previous(Instant before) {
        Instant kept = previousKept(before.isAfter(last) ? Instants.justAfter(last) : before);
        if (kept == null) {
            return null;
        }
        Instant delayed = delayed(kept);
        if (delayed.isBefore(before)) {
            return delayed;
        }
        Instant earlier = previousKept(kept);
        return earlier == null ? null : delayed(earlier);
    }

    @Override
    public boolean countsAtOnce() {
        return exclusions.isEmpty() && rule.countsAtOnce();
    }

    /**
     * Without exclusions, each of the rule's instants is delayed within its own stretch, so the
     * rule can count them.
     */
    @Override
    public long count(Instant fromInclusive, Instant toExclusive, long limit) {
        if (!exclusions.isEmpty()) {
            return Schedule.super.count(fromInclusive, toExclusive, limit);
        }
        Instant from = undelayed(fromInclusive);
        Instant to = undelayed(toExclusive);
        Instant afterLast = Instants.justAfter(last);
        return rule.count(
                from.isBefore(first) ? first : from, to.isAfter(afterLast) ? afterLast : to, limit);
    }

    /**
     * Returns the earliest time such that the delayed instants of the rule's instants from then on
     * are not before the bound.
     */
    private Instant undelayed(Instant bound) {
        Instant current = jitter == 0 ? null : rule.previous(bound);
        return current == null || delayed(current).isBefore(bound) ? bound : current;
    }

    @Override
    public @Nullable Excluded exclusionOf(Instant instant) {
        return instant.equals(rule.previous(Instants.justAfter(instant)))
                ? excludedAt(instant)
                : null;
    }

    @Override
    public String description() {
        StringBuilder text = new StringBuilder(rule.description());
        if (!calendars.isEmpty()) {
            text.append(", except as ")
                    .append(Words.join(calendars, "and"))
                    .append(calendars.size() == 1 ? " says" : " say");
        }
        if (jitter > 0) {
            text.append(", each up to ")
                    .append(DurationText.inWords(Duration.ofMillis(jitter)))
                    .append(" later");
        }
        if (maxRuns > 0) {
            text.append(", ").append(maxRuns).append(maxRuns == 1 ? " time" : " times in all");
        }
        return text.toString();
    }

    @Override
    public List<ScheduleWarning> warnings(Instant from) {
        List<ScheduleWarning> warnings = new ArrayList<>(rule.warnings(from));
        if (jitter > 0) {
            warnings.removeIf(warning -> warning.code().equals(CronWarnings.HERD));
        }
        warnOfExclusions(from, warnings);
        return List.copyOf(warnings);
    }

    private void warnOfExclusions(Instant from, List<ScheduleWarning> warnings) {
        Instant until = Instants.isPlannable(from) ? from.plus(AHEAD) : Instants.LATEST;
        int looked = 0;
        int excluded = 0;
        String example = "";
        Instant instant = rule.next(Instants.justBefore(from.isBefore(first) ? first : from));
        while (instant != null
                && instant.isBefore(until)
                && !instant.isAfter(last)
                && looked < MAX_WARNED_OF) {
            looked++;
            Excluded found = excludedAt(instant);
            if (found != null && excluded++ == 0) {
                example = instant + " by " + found.calendar() + " (" + found.entry() + ")";
            }
            instant = rule.next(instant);
        }
        if (excluded > 0) {
            warnings.add(
                    new ScheduleWarning(
                            "EXCLUDED",
                            "calendars exclude %d of the next %d instants, the first %s"
                                    .formatted(excluded, looked, example)));
        }
    }

    /** Bounds the steps of a search. */
    private static final class Search {
        private int stepsLeft;

        Search(int most) {
            stepsLeft = most;
        }

        boolean mayGoOn() {
            return stepsLeft-- > 0;
        }
    }

    /**
     * Returns the rule's first instant after {@code after} that is not excluded, ignoring the last
     * run.
     */
    private @Nullable Instant nextKept(Instant after, Search search) {
        Instant cursor = after.isBefore(first) ? Instants.justBefore(first) : after;
        while (search.mayGoOn()) {
            Instant instant = rule.next(cursor);
            if (instant == null) {
                return null;
            }
            Excluded excluded = excludedAt(instant);
            if (excluded == null) {
                return instant;
            }
            Instant end = Instants.justBefore(excluded.to());
            cursor = end.isAfter(instant) ? end : instant;
        }
        return null;
    }

    private @Nullable Instant previousKept(Instant before) {
        Instant cursor = before;
        for (int step = 0; step < LONGEST_SEARCH; step++) {
            Instant instant = rule.previous(cursor);
            if (instant == null || instant.isBefore(first)) {
                return null;
            }
            Excluded excluded = excludedAt(instant);
            if (excluded == null) {
                return instant;
            }
            cursor = excluded.from().isBefore(instant) ? excluded.from() : instant;
        }
        return null;
    }

    private boolean isKept(Instant instant) {
        return !instant.isBefore(first) && !instant.isAfter(last) && excludedAt(instant) == null;
    }

    private @Nullable Excluded excludedAt(Instant instant) {
        for (Exclusion exclusion : exclusions) {
            Excluded excluded = exclusion.at(instant);
            if (excluded != null) {
                return excluded;
            }
        }
        return null;
    }

    private Instant delayed(Instant instant) {
        if (jitter == 0) {
            return instant;
        }
        long millis = instant.toEpochMilli();
        long room = Math.min(jitter, latest.toEpochMilli() - millis + 1);
        Instant following = rule.next(instant);
        if (following != null) {
            room = Math.min(room, following.toEpochMilli() - millis);
        }
        Instant delayed = instant.plusMillis(SeedHash.of(seedHash, millis, room));
        return excludedAt(delayed) == null ? delayed : instant;
    }

    /** Returns the rule's instant of the last run; the end of time if the rule ends earlier. */
    private Instant lastRun() {
        if (exclusions.isEmpty() && rule instanceof IntervalSchedule interval) {
            return interval.run(maxRuns);
        }
        Search search = new Search(MAX_STEPS_TO_LAST_RUN);
        Instant run = Instants.justBefore(first);
        for (int count = 0; count < maxRuns; count++) {
            Instant following = nextKept(run, search);
            if (following == null) {
                if (!search.mayGoOn()) {
                    throw InvalidScheduleException.malformed(
                            "maxRuns",
                            "too many instants are excluded to count so many runs; give an endAt"
                                    + " instead");
                }
                return Instant.MAX;
            }
            run = following;
        }
        return run;
    }
}
