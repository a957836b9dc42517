package io.carillon.dashboard.capacity;

import io.carillon.job.planning.Forecast;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Draws the planned instants of a week, hour by hour.
 *
 * @param days from the first day on
 * @param forecast by hour
 * @param hottest the hottest minutes of the hottest hours
 */
record HeatMap(Forecast forecast, List<Day> days, List<Forecast.Minute> hottest) {
    private static final int HOURS = 24;
    private static final int HOTTEST = 12;
    private static final int LEFT = 80;
    private static final int WIDTH = 38;
    private static final double PALEST = 0.06;
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("EEE d MMM", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    /** A day of 24 hours, UTC. */
    record Day(String name, int y, List<Cell> cells) {}

    /**
     * An hour.
     *
     * @param opacity how hot it is, from 0 to 1
     */
    record Cell(int x, String opacity, String title) {}

    /**
     * @param forecast by hour
     * @param minutes of the hottest hours
     * @param from the start of the day in which the forecast begins
     */
    static HeatMap of(Forecast forecast, List<Forecast.Minute> minutes, Instant from, int days) {
        long[] planned = new long[days * HOURS];
        for (var slot : forecast.minutes()) {
            int hour = (int) Duration.between(from, slot.at()).toHours();
            if (hour >= 0 && hour < planned.length) {
                planned[hour] += slot.planned();
            }
        }
        int past = (int) Duration.between(from, forecast.from()).toHours();
        long least = Arrays.stream(planned, past, planned.length).min().orElse(0);
        long span = Math.max(1, Arrays.stream(planned).max().orElse(0) - least);
        var drawn = new ArrayList<Day>();
        for (int day = 0; day < days; day++) {
            var cells = new ArrayList<Cell>();
            String name = NAME.format(from.plus(Duration.ofDays(day)));
            for (int hour = 0; hour < HOURS; hour++) {
                long count = planned[day * HOURS + hour];
                double opacity = count == 0 ? 0 : PALEST + (1 - PALEST) * (count - least) / span;
                cells.add(
                        new Cell(
                                LEFT + hour * WIDTH,
                                String.format(Locale.ROOT, "%.2f", opacity),
                                "%s, %02d:00 to %02d:00 UTC: %,d planned"
                                        .formatted(name, hour, hour + 1, count)));
            }
            drawn.add(new Day(name, 20 + day * 26, cells));
        }
        var hottest =
                minutes.stream()
                        .sorted(Comparator.comparingLong(Forecast.Minute::planned).reversed())
                        .limit(HOTTEST)
                        .toList();
        return new HeatMap(forecast, drawn, hottest);
    }

    /** Returns the hours, or minutes, with the most planned instants. */
    static Stream<Forecast.Minute> hottest(Forecast forecast, int count) {
        return forecast.minutes().stream()
                .sorted(Comparator.comparingLong(Forecast.Minute::planned).reversed())
                .limit(count);
    }

    /** A name on the axis. */
    record Hour(int x, String name) {}

    /** Returns the hours that the axis names. */
    public List<Hour> hours() {
        var hours = new ArrayList<Hour>();
        for (int hour = 0; hour < HOURS; hour += 3) {
            hours.add(new Hour(LEFT + hour * WIDTH, hour + ":00"));
        }
        return hours;
    }

    public int height() {
        return 20 + days.size() * 26;
    }
}
