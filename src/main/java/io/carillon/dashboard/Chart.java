package io.carillon.dashboard;

import io.carillon.stats.StatsView.Minute;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Draws the minutes of an hour as bars, in a drawing of 600 by 80.
 *
 * @param top what the highest bar stands for, in words
 */
public record Chart(String name, String top, List<Bar> bars) {
    private static final int WIDTH = 10;
    private static final int HEIGHT = 80;

    /** A part of a minute's bar; {@code kind} gives its colour. */
    public record Bar(int x, int y, int height, String kind, String title) {}

    /** Draws how many executions ended, those that failed on top. */
    public static Chart ofEnds(List<Minute> minutes) {
        double most = most(minutes, minute -> minute.succeeded() + minute.failed());
        var bars = new ArrayList<Bar>();
        for (int index = 0; index < minutes.size(); index++) {
            var minute = minutes.get(index);
            String title =
                    "%s UTC: %,d succeeded, %,d failed"
                            .formatted(
                                    TimeText.full(minute.at()),
                                    minute.succeeded(),
                                    minute.failed());
            int succeeded = heightOf(minute.succeeded(), most);
            int failed = heightOf(minute.failed(), most);
            bars.add(bar(index, HEIGHT - succeeded, succeeded, "succeeded", title));
            bars.add(bar(index, HEIGHT - succeeded - failed, failed, "failed", title));
        }
        return new Chart("Ended per minute", "%,.0f".formatted(most), bars);
    }

    /** Draws how long 95 of 100 executions waited for a worker at most. */
    public static Chart ofDelays(List<Minute> minutes) {
        double most = most(minutes, minute -> millis(minute.startDelayP95()));
        var bars = new ArrayList<Bar>();
        for (int index = 0; index < minutes.size(); index++) {
            var minute = minutes.get(index);
            var delay = minute.startDelayP95();
            if (delay != null) {
                int height = heightOf(millis(delay), most);
                String title =
                        "%s UTC: %s".formatted(TimeText.full(minute.at()), TimeText.of(delay));
                bars.add(bar(index, HEIGHT - height, height, "bar", title));
            }
        }
        return new Chart(
                "Start delay, 95 of 100", TimeText.of(Duration.ofMillis(Math.round(most))), bars);
    }

    private static Bar bar(int index, int y, int height, String kind, String title) {
        return new Bar(index * WIDTH, y, height, kind, title);
    }

    private static double most(List<Minute> minutes, ToDoubleFunction<Minute> value) {
        return minutes.stream().mapToDouble(value).max().orElse(0);
    }

    private static double millis(@Nullable Duration duration) {
        return duration == null ? 0 : duration.toNanos() / 1e6;
    }

    /** Gives every value above zero a height that can be seen. */
    private static int heightOf(double value, double most) {
        return value == 0 ? 0 : Math.max(1, (int) Math.round(value / most * HEIGHT));
    }
}
