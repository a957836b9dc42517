package io.carillon.schedule;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Describes a schedule as a client writes it. Exactly one of {@code cron}, {@code every} and {@code
 * at} must be given.
 *
 * @param cron five fields (minute, hour, day of month, month, day of week) as in Vixie cron, six
 *     with the second first, seven with the year (1970 to 2200) last. 0 and 7 are Sunday. When day
 *     of month and day of week are both restricted, a day that matches <em>either</em> is planned;
 *     a field that starts with a star, a step such as {@code *}{@code /2} included, counts as
 *     unrestricted for that, and then a day must match both. Names, lists, ranges (also around the
 *     end, {@code FRI-MON}), steps, {@code L}, {@code L-3}, {@code LW}, {@code 15W}, {@code 5L},
 *     {@code MON#2}, {@code ?}, {@code H}, {@code H/15}, {@code H(0-29)}; or {@code @yearly},
 *     {@code @monthly}, {@code @weekly}, {@code @daily}, {@code @hourly}; or {@code @every 90s},
 *     which is an interval
 * @param every the length of an interval, 100 ms to 3660 days, cut to whole milliseconds
 * @param at the one planned instant
 * @param timeZone an IANA name or an offset such as "+02:00"; null is UTC. It has no influence on
 *     intervals and single instants, but must be valid when given
 * @param startAt nothing is planned earlier; an interval begins at it, so it sets the phase
 * @param endAt nothing is planned later; an instant at endAt itself may be planned
 * @param dst what happens when clocks change; null, and each null in it, is the default. It has no
 *     influence on intervals, on single instants and on cron expressions with a wildcard hour
 * @param exclude names of calendars: instants they exclude are not planned; null for none
 * @param jitter each instant is delayed by less than this, 1 ms to 30 days, by a hash of seed and
 *     instant, and stays before the next; null for none. The delayed instant is the planned one
 * @param maxRuns how many instants are planned, 1 to 10,000, counted from {@code startAt} or the
 *     anchor; null for no limit
 */
public record ScheduleSpec(
        @Nullable String cron,
        @Nullable Duration every,
        @Nullable Instant at,
        @Nullable String timeZone,
        @Nullable Instant startAt,
        @Nullable Instant endAt,
        @Nullable Dst dst,
        @Nullable List<String> exclude,
        @Nullable Duration jitter,
        @Nullable Integer maxRuns) {

    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);
    private static final Duration LONGEST_INTERVAL = Duration.ofDays(3660);
    private static final String EVERY_MACRO = "@every";
    private static final int LONGEST_ZONE = 64;
    private static final Duration LONGEST_JITTER = Duration.ofDays(30);
    private static final int MAX_RUNS = 10_000;
    private static final int MAX_CALENDARS = 20;

    /** Treats an empty list of calendars as none. */
    public ScheduleSpec {
        // Not List.copyOf, which would throw at a null: compile refuses a null with a message.
        exclude =
                exclude == null || exclude.isEmpty()
                        ? null
                        : Collections.unmodifiableList(new ArrayList<>(exclude));
    }

    /** Makes a schedule without exclusions, jitter or a number of runs. */
    public ScheduleSpec(
            @Nullable String cron,
            @Nullable Duration every,
            @Nullable Instant at,
            @Nullable String timeZone,
            @Nullable Instant startAt,
            @Nullable Instant endAt,
            @Nullable Dst dst) {
        this(cron, every, at, timeZone, startAt, endAt, dst, null, null, null);
    }

    /** Decides what happens to fixed local times when clocks change. Null means the default. */
    public record Dst(@Nullable Gap gap, @Nullable Overlap overlap) {

        /** A local time that does not exist, because clocks go forward over it. */
        public enum Gap {
            /** Fires once, at the end of the gap. The default. */
            SHIFT,
            /** Does not fire. */
            SKIP
        }

        /** A local time that exists twice, because clocks go back over it. */
        public enum Overlap {
            /** Fires the first time. The default. */
            FIRST,
            /** Fires both times. */
            BOTH,
            /** Fires the second time. */
            LAST
        }
    }

    /** Makes a schedule of only a cron expression in UTC. */
    public static ScheduleSpec cron(String expression) {
        return new ScheduleSpec(expression, null, null, null, null, null, null);
    }

    /** Compiles the schedule without calendars. */
    public Schedule compile(Instant anchor, String seed) {
        return compile(anchor, seed, Map.of());
    }

    /**
     * Compiles the schedule.
     *
     * @param anchor the phase of an interval without {@code startAt}: the first planned instant is
     *     one interval later; and, without {@code startAt}, the start of the count of runs. It is
     *     the job's time of creation
     * @param seed the text that {@code H} in a cron expression and jitter hash: the id of the job
     * @param calendars at least the calendars in {@code exclude}, by name
     * @throws InvalidScheduleException if this is not a valid schedule, or one that never fires
     */
    public Schedule compile(
            Instant anchor, String seed, Map<String, ? extends Exclusion> calendars) {
        Schedule rule = compileRule(anchor, seed);
        RefinedSchedule.Refinement refinement =
                new RefinedSchedule.Refinement(
                        exclusions(calendars),
                        exclude == null ? List.of() : exclude,
                        delay(),
                        seed,
                        endAt,
                        runs(),
                        runsFrom(anchor));
        if (refinement.isNone()) {
            return rule;
        }
        Schedule refined = new RefinedSchedule(rule, refinement);
        if (refined.next(Instant.MIN) == null) {
            throw exclude == null || rule.next(Instants.justBefore(runsFrom(anchor))) == null
                    ? InvalidScheduleException.neverFires(
                            "maxRuns", "never fires: nothing is planned after the job's creation")
                    : InvalidScheduleException.neverFires(
                            "exclude",
                            "never fires: every instant is excluded by "
                                    + Words.join(exclude, "and"));
        }
        return refined;
    }

    private List<Exclusion> exclusions(Map<String, ? extends Exclusion> calendars) {
        if (exclude == null) {
            return List.of();
        }
        if (exclude.size() > MAX_CALENDARS) {
            throw InvalidScheduleException.malformed(
                    "exclude", "at most " + MAX_CALENDARS + " calendars");
        }
        List<Exclusion> exclusions = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (int index = 0; index < exclude.size(); index++) {
            String name = exclude.get(index);
            Exclusion exclusion = name == null ? null : calendars.get(name);
            if (exclusion == null) {
                throw InvalidScheduleException.malformed(
                        "exclude[" + index + "]",
                        name == null
                                ? "expected the name of a calendar"
                                : "there is no calendar \"" + Quotes.printable(name) + "\"");
            }
            if (!seen.add(name)) {
                throw InvalidScheduleException.malformed(
                        "exclude[" + index + "]", "the calendar is named twice");
            }
            exclusions.add(exclusion);
        }
        return exclusions;
    }

    private Duration delay() {
        if (jitter == null) {
            return Duration.ZERO;
        }
        if (jitter.toMillis() < 1 || jitter.compareTo(LONGEST_JITTER) > 0) {
            throw InvalidScheduleException.malformed(
                    "jitter",
                    "jitter is at least 1ms and at most 30d, found "
                            + DurationText.inWords(jitter));
        }
        return jitter;
    }

    private int runs() {
        if (maxRuns != null && (maxRuns < 1 || maxRuns > MAX_RUNS)) {
            throw InvalidScheduleException.malformed(
                    "maxRuns",
                    "maxRuns is at least 1 and at most " + MAX_RUNS + ", found " + maxRuns);
        }
        return maxRuns == null ? 0 : maxRuns;
    }

    /**
     * Runs count from the job's creation; but a single instant may be older than the job and still
     * counts.
     */
    private Instant runsFrom(Instant anchor) {
        return Objects.requireNonNullElse(
                at, startAt == null ? Instants.justAfter(anchor) : startAt);
    }

    private Schedule compileRule(Instant anchor, String seed) {
        requireOneKind();
        ZoneId zone = zone();
        requireBounds();
        Instant first = startAt == null ? null : Instants.truncated(startAt);
        Instant last = endAt == null ? null : Instants.truncated(endAt);
        if (at != null) {
            return oneTime(at);
        }
        if (every != null) {
            return interval("every", every, anchor, first, last);
        }
        String expression = cron == null ? "" : cron;
        if (expression.strip().toLowerCase(Locale.ROOT).startsWith(EVERY_MACRO)) {
            return interval("cron", everyOf(expression), anchor, first, last);
        }
        CronRule rule = parsed(expression, seed);
        Dst.Gap gap = dst == null || dst.gap() == null ? Dst.Gap.SHIFT : dst.gap();
        Dst.Overlap overlap =
                dst == null || dst.overlap() == null ? Dst.Overlap.FIRST : dst.overlap();
        requireFires(rule, new CronSchedule(rule, zone, gap, overlap, null, null));
        return requireWithinBounds(new CronSchedule(rule, zone, gap, overlap, first, last));
    }

    private static CronRule parsed(String expression, String seed) {
        try {
            return CronParser.parse(expression, seed);
        } catch (InvalidScheduleException invalid) {
            String hint = ScheduleHints.of(expression);
            throw hint.isEmpty() || invalid.neverFires()
                    ? invalid
                    : InvalidScheduleException.malformed(
                            invalid.field(), invalid.getMessage() + hint);
        }
    }

    private void requireOneKind() {
        String kinds =
                Stream.of(
                                cron == null ? "" : "cron",
                                every == null ? "" : "every",
                                at == null ? "" : "at")
                        .filter(kind -> !kind.isEmpty())
                        .collect(Collectors.joining(" and "));
        if (kinds.isEmpty() || kinds.contains(" ")) {
            throw InvalidScheduleException.malformed(
                    "",
                    "expected exactly one of cron, every and at, found "
                            + (kinds.isEmpty() ? "none" : kinds));
        }
    }

    private ZoneId zone() {
        if (timeZone == null) {
            return ZoneOffset.UTC;
        }
        if (timeZone.length() <= LONGEST_ZONE) {
            try {
                return ZoneId.of(timeZone.strip());
            } catch (DateTimeException e) {
                // The JDK's message is about regions and formats; a clearer one is below.
            }
        }
        String near =
                ZoneId.getAvailableZoneIds().stream()
                        .filter(timeZone.strip()::equalsIgnoreCase)
                        .map(id -> "; did you mean \"" + id + "\"?")
                        .findFirst()
                        .orElse("");
        throw InvalidScheduleException.malformed(
                "timeZone",
                "unknown time zone \""
                        + Quotes.printable(timeZone)
                        + "\", expected an IANA name such as \"Europe/Paris\" or an offset such as"
                        + " \"+02:00\""
                        + near);
    }

    private void requireBounds() {
        if (startAt != null && !Instants.isPlannable(startAt)) {
            throw outOfRange("startAt");
        }
        if (startAt != null && endAt != null && endAt.isBefore(startAt)) {
            throw InvalidScheduleException.malformed(
                    "endAt", "endAt " + endAt + " is before startAt " + startAt);
        }
    }

    private Schedule oneTime(Instant planned) {
        if (startAt != null || endAt != null) {
            throw InvalidScheduleException.malformed(
                    startAt != null ? "startAt" : "endAt",
                    "startAt and endAt do not go with at, which is one instant");
        }
        if (!Instants.isPlannable(planned)) {
            throw outOfRange("at");
        }
        return new OneTimeSchedule(Instants.truncated(planned));
    }

    private static InvalidScheduleException outOfRange(String field) {
        return InvalidScheduleException.malformed(
                field, "expected an instant in the years 1970 to 9999");
    }

    private Schedule interval(
            String field,
            Duration length,
            Instant anchor,
            @Nullable Instant first,
            @Nullable Instant last) {
        if (length.compareTo(SHORTEST_INTERVAL) < 0 || length.compareTo(LONGEST_INTERVAL) > 0) {
            throw InvalidScheduleException.malformed(
                    field,
                    "an interval is at least 100ms and at most 3660d, found "
                            + DurationText.inWords(length));
        }
        Duration every = Duration.ofMillis(length.toMillis());
        return requireWithinBounds(
                first == null
                        ? new IntervalSchedule(every, Instants.truncated(anchor), 1, last)
                        : new IntervalSchedule(every, first, 0, last));
    }

    private static Duration everyOf(String expression) {
        String trimmed = expression.strip();
        String duration = trimmed.substring(EVERY_MACRO.length());
        if (duration.isEmpty() || !Character.isWhitespace(duration.charAt(0))) {
            throw InvalidScheduleException.malformed(
                    "cron", "expected @every, a space and a duration, as in \"@every 90s\"");
        }
        try {
            return DurationText.parse(duration);
        } catch (IllegalArgumentException e) {
            int position = expression.indexOf(duration.strip()) + 1;
            throw InvalidScheduleException.malformed(
                    "cron", "@every: " + e.getMessage() + " (character " + position + ")");
        }
    }

    private static void requireFires(CronRule rule, CronSchedule schedule) {
        if (rule.expression().next(CronExpression.FIRST_LOCAL) == CronExpression.NEVER) {
            throw InvalidScheduleException.neverFires(
                    "cron",
                    "never fires: no date in the years 1970 to 2200 matches the day, month and"
                            + " year fields");
        }
        if (schedule.next(Instant.MIN) == null) {
            throw InvalidScheduleException.neverFires(
                    "cron",
                    "never fires: every local time that matches is skipped by a change of clocks");
        }
    }

    private static Schedule requireWithinBounds(Schedule schedule) {
        if (schedule.next(Instant.MIN) == null) {
            throw InvalidScheduleException.neverFires(
                    "endAt", "never fires: nothing is planned between startAt and endAt");
        }
        return schedule;
    }
}
