package io.carillon.dashboard;

import io.carillon.execution.ledger.ExecutionQueries.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Draws the last executions of a job as bars, oldest first: the colour is the state, the height the
 * duration of the last attempt on the scale of its square root, so that a short one is seen beside
 * a long one.
 */
public record Strip(List<Bar> bars) {
    /** How many executions a strip shows. */
    public static final int LENGTH = 30;

    private static final int WIDTH = 6;
    private static final int HEIGHT = 24;
    private static final int LOWEST = 4;

    /** One execution, in units of a drawing of 180 by 24. */
    public record Bar(String id, String state, int x, int y, int height, String title) {}

    /**
     * @param runs newest first
     */
    public static Strip of(@Nullable List<Run> runs, Instant now) {
        if (runs == null) {
            return new Strip(List.of());
        }
        double longest =
                runs.stream().mapToDouble(run -> rootOf(duration(run, now))).max().orElse(0);
        var bars = new ArrayList<Bar>();
        int x = (LENGTH - runs.size()) * WIDTH;
        for (var run : runs.reversed()) {
            double share = longest == 0 ? 0 : rootOf(duration(run, now)) / longest;
            int height = LOWEST + (int) Math.round(share * (HEIGHT - LOWEST));
            bars.add(
                    new Bar(
                            run.id().toString(),
                            run.state().name().toLowerCase(Locale.ROOT),
                            x,
                            HEIGHT - height,
                            height,
                            titleOf(run, now)));
            x += WIDTH;
        }
        return new Strip(bars);
    }

    private static String titleOf(Run run, Instant now) {
        String state = run.state().name().toLowerCase(Locale.ROOT);
        String at = TimeText.full(run.scheduledAt()) + " UTC: " + state;
        return run.startedAt() == null ? at : at + " in " + TimeText.of(duration(run, now));
    }

    private static Duration duration(Run run, Instant now) {
        if (run.startedAt() == null) {
            return Duration.ZERO;
        }
        var duration =
                Duration.between(
                        run.startedAt(), run.finishedAt() == null ? now : run.finishedAt());
        return duration.isNegative() ? Duration.ZERO : duration;
    }

    private static double rootOf(Duration duration) {
        return Math.sqrt(duration.toMillis());
    }
}
