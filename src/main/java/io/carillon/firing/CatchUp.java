package io.carillon.firing;

import io.carillon.definition.MisfirePolicy;
import io.carillon.execution.SkipReason;
import io.carillon.schedule.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides which of a due trigger's instants, up to now, are executed and which are skipped. Pure:
 * facts in, decision out, no database, no clock.
 *
 * <p>Instants on time, that is, not later than the threshold, are all executed. If the oldest is
 * later than that, the policy decides about every instant up to now; each one that it does not
 * execute is recorded in a skipped range.
 */
final class CatchUp {
    /**
     * The most instants executed in one decision; the rest stay due and are decided right
     * afterwards.
     */
    static final int MAX_BATCH = 1000;

    /**
     * The most instants in one skipped range, if calendars make it necessary to count one by one. A
     * longer outage is decided one range at a time, so that no other trigger waits for the whole.
     * Without calendars, any number is counted at once.
     */
    private static final long MAX_COUNT = 1_000_000;

    private CatchUp() {}

    /** The job's misfire policy. */
    record Policy(MisfirePolicy misfire, Duration window, int limit, Duration threshold) {}

    /**
     * A range of {@code count} instants from {@code first} to {@code last} that are not executed.
     */
    record Skipped(Instant first, Instant last, long count, SkipReason reason) {}

    /**
     * @param next when the trigger is due next, possibly in the past; null: never
     */
    record Decision(List<Instant> execute, List<Skipped> skipped, @Nullable Instant next) {
        /** Returns the last executed instant; null if none. */
        @Nullable Instant lastExecuted() {
            return execute.isEmpty() ? null : execute.getLast();
        }
    }

    /**
     * @param due the oldest undecided instant, not after {@code now}
     * @param now the database's time
     */
    static Decision decide(Schedule schedule, Instant due, Instant now, Policy policy) {
        if (!due.isBefore(now.minus(policy.threshold()))) {
            return executeAll(schedule, due, now);
        }
        var kept = kept(schedule, due, now, policy);
        if (kept.size() > MAX_BATCH) {
            kept = kept.subList(0, MAX_BATCH);
        }
        var end = kept.isEmpty() ? now.plusMillis(1) : kept.getFirst();
        var skipped = new ArrayList<Skipped>();
        var windowStart = now.minus(policy.window());
        var split = windowStart.isBefore(due) ? due : windowStart.isAfter(end) ? end : windowStart;
        var rest =
                switch (policy.misfire()) {
                    case SKIP -> addRange(skipped, schedule, due, end, SkipReason.MISFIRE);
                    case FIRE_ONCE ->
                            addRange(
                                    skipped,
                                    schedule,
                                    due,
                                    end,
                                    kept.isEmpty()
                                            ? SkipReason.CATCH_UP_WINDOW
                                            : SkipReason.MISFIRE);
                    case FIRE_ALL -> {
                        var beforeWindow =
                                addRange(skipped, schedule, due, split, SkipReason.CATCH_UP_WINDOW);
                        yield beforeWindow != null
                                ? beforeWindow
                                : addRange(
                                        skipped, schedule, split, end, SkipReason.CATCH_UP_LIMIT);
                    }
                };
        if (rest != null) {
            return new Decision(List.of(), skipped, rest);
        }
        var accounted = kept.isEmpty() ? now : kept.getLast();
        return new Decision(kept, skipped, schedule.next(accounted));
    }

    /** Skips every instant up to now. */
    static Decision skipAll(Schedule schedule, Instant due, Instant now, SkipReason reason) {
        var skipped = new ArrayList<Skipped>();
        var rest = due;
        while (rest != null) {
            rest = addRange(skipped, schedule, rest, now.plusMillis(1), reason);
        }
        return new Decision(List.of(), skipped, schedule.next(now));
    }

    private static Decision executeAll(Schedule schedule, Instant due, Instant now) {
        var execute = new ArrayList<Instant>();
        Instant instant = due;
        while (instant != null && !instant.isAfter(now) && execute.size() < MAX_BATCH) {
            execute.add(instant);
            instant = schedule.next(instant);
        }
        return new Decision(execute, List.of(), instant);
    }

    /** Returns the instants that the policy executes, oldest first. */
    private static List<Instant> kept(Schedule schedule, Instant due, Instant now, Policy policy) {
        int limit =
                switch (policy.misfire()) {
                    case SKIP -> 0;
                    case FIRE_ONCE -> 1;
                    case FIRE_ALL -> policy.limit();
                };
        var windowStart = now.minus(policy.window());
        var kept = new ArrayDeque<Instant>();
        var instant = schedule.previous(now.plusMillis(1));
        while (kept.size() < limit
                && instant != null
                && !instant.isBefore(due)
                && !instant.isBefore(windowStart)) {
            kept.addFirst(instant);
            instant = schedule.previous(instant);
        }
        return List.copyOf(kept);
    }

    /**
     * Adds a range for the instants from {@code from} (inclusive) to {@code to} (exclusive).
     *
     * @return the first instant that did not fit into the range; null if all did
     */
    private static @Nullable Instant addRange(
            List<Skipped> skipped, Schedule schedule, Instant from, Instant to, SkipReason reason) {
        long most = schedule.countsAtOnce() ? Long.MAX_VALUE : MAX_COUNT;
        var first = schedule.next(from.minusMillis(1));
        if (first == null || !first.isBefore(to)) {
            return null;
        }
        long count = schedule.count(first, to, most);
        var last = count < most ? schedule.previous(to) : advance(schedule, first, most);
        if (last == null) {
            return null;
        }
        skipped.add(new Skipped(first, last, count, reason));
        var rest = schedule.next(last);
        return rest != null && rest.isBefore(to) ? rest : null;
    }

    /** Returns the last of {@code count} instants that begin with {@code first}. */
    private static Instant advance(Schedule schedule, Instant first, long count) {
        var last = first;
        for (long passed = 1; passed < count; passed++) {
            var next = schedule.next(last);
            if (next == null) {
                return last;
            }
            last = next;
        }
        return last;
    }
}
