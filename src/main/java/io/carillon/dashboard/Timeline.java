package io.carillon.dashboard;

import io.carillon.execution.ledger.ExecutionView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Draws planned against actual on one axis of time, 1000 units wide: above, the planned instants;
 * below, when and how long each was executed.
 *
 * @param now where now is, in units
 */
public record Timeline(List<Tick> planned, List<Bar> actual, List<Label> labels, int now) {
    private static final int WIDTH = 1000;
    private static final int NARROWEST = 3;
    private static final int LABELS = 5;

    /** A planned instant; {@code state} is {@code planned} if it is in the future. */
    public record Tick(int x, String state, String title) {}

    /** An execution from its start to its end. */
    public record Bar(String id, int x, int width, String state, String title) {}

    /** A time on the axis. */
    public record Label(int x, String text) {}

    /**
     * @param executions newest first
     * @param next planned instants in the future, in order
     * @return null if there is nothing to draw
     */
    public static @Nullable Timeline of(
            List<ExecutionView> executions, List<Instant> next, Instant now) {
        if (executions.isEmpty()) {
            return null;
        }
        var from = executions.getLast().scheduledAt();
        var to = now;
        for (var each : next) {
            // What is far ahead would press what was into a corner.
            if (Duration.between(now, each).compareTo(Duration.between(from, now)) <= 0) {
                to = each;
            }
        }
        var axis = new Axis(from, to.plus(Duration.between(from, to).dividedBy(40)));
        var planned = new ArrayList<Tick>();
        var actual = new ArrayList<Bar>();
        for (var execution : executions.reversed()) {
            String state = execution.state().name().toLowerCase(Locale.ROOT);
            String at = TimeText.full(execution.scheduledAt()) + " UTC, " + state;
            String why = execution.reason() == null ? "" : ": " + execution.reason();
            planned.add(new Tick(axis.x(execution.scheduledAt()), state, at + why));
            var started = execution.startedAt();
            if (started != null) {
                var ended = execution.finishedAt() == null ? now : execution.finishedAt();
                int x = axis.x(started);
                actual.add(
                        new Bar(
                                execution.id().toString(),
                                x,
                                Math.max(NARROWEST, axis.x(ended) - x),
                                state,
                                "%s, started after %s, took %s"
                                        .formatted(
                                                at,
                                                between(execution.scheduledAt(), started),
                                                between(started, ended))));
            }
        }
        for (var each : next) {
            if (!each.isAfter(to)) {
                String title = TimeText.full(each) + " UTC, planned";
                planned.add(new Tick(axis.x(each), "planned", title));
            }
        }
        return new Timeline(planned, actual, axis.labels(now), axis.x(now));
    }

    private static String between(Instant from, Instant to) {
        return TimeText.of(Duration.between(from, to));
    }

    private record Axis(Instant from, Instant to) {
        int x(Instant at) {
            double length = Math.max(1, Duration.between(from, to).toMillis());
            double share = Duration.between(from, at).toMillis() / length;
            return (int) Math.round(10 + share * (WIDTH - 20));
        }

        List<Label> labels(Instant now) {
            var labels = new ArrayList<Label>();
            var step = Duration.between(from, to).dividedBy(LABELS);
            for (int index = 0; index < LABELS; index++) {
                var at = from.plus(step.multipliedBy(index));
                labels.add(new Label(x(at), TimeText.shortly(at, now)));
            }
            return labels;
        }
    }
}
