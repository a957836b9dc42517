package io.carillon.dashboard.administration;

import io.carillon.calendar.CalendarView;
import io.carillon.calendar.CalendarYear;
import io.carillon.calendar.CalendarYear.Day;
import io.carillon.calendar.CalendarYear.Kind;
import io.carillon.job.JobSummaries.Named;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Holds what the page of a calendar shows: a year of it, month by month, and its jobs.
 *
 * @param stretches days with the same entries, one after the other, in words
 * @param jobs that name it, the first of them by name
 * @param jobsCut whether more jobs name it
 */
record YearScreen(
        CalendarView calendar,
        int year,
        int whole,
        int part,
        List<Month> months,
        List<Stretch> stretches,
        List<Named> jobs,
        boolean jobsCut) {
    private static final int MAX_STRETCHES = 100;
    private static final int CELL = 24;
    private static final int TOP = 22;
    private static final String WEEKDAYS = "MTWTFSS";
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("EEE d MMM", Locale.ENGLISH);

    /**
     * A month as a drawing of weeks from Monday on.
     *
     * @param label what the drawing says, in words
     */
    record Month(String name, String label, int height, List<Cell> cells) {}

    /**
     * A day in a month.
     *
     * @param kind {@code open}, {@code part}, {@code whole}, with {@code today} behind it on that
     *     day
     * @param title empty if the day is open
     */
    record Cell(int x, int y, int number, String kind, String title) {
        public int textX() {
            return x + CELL / 2 - 1;
        }

        public int textY() {
            return y + 15;
        }
    }

    /** Days one after the other with the same words. */
    record Stretch(String days, String words, boolean isWhole) {}

    static YearScreen of(
            CalendarView calendar,
            CalendarYear year,
            LocalDate today,
            List<Named> jobs,
            boolean jobsCut) {
        var months = new ArrayList<Month>();
        for (int month = 1; month <= 12; month++) {
            months.add(monthOf(year, month, today));
        }
        return new YearScreen(
                calendar,
                year.year(),
                count(year.days(), Kind.WHOLE),
                count(year.days(), Kind.PART),
                months,
                stretches(year.days()),
                jobs,
                jobsCut);
    }

    /** A name above a column. */
    record Weekday(int x, String name) {}

    /** Returns the names above the columns of each month. */
    public List<Weekday> weekdays() {
        var weekdays = new ArrayList<Weekday>();
        for (int day = 0; day < WEEKDAYS.length(); day++) {
            weekdays.add(new Weekday(day * CELL + CELL / 2 - 1, WEEKDAYS.substring(day, day + 1)));
        }
        return weekdays;
    }

    /** Returns the stretches that the page tells of. */
    public List<Stretch> shown() {
        return stretches.subList(0, Math.min(stretches.size(), MAX_STRETCHES));
    }

    /** How many stretches the page does not tell of. */
    public int left() {
        return stretches.size() - shown().size();
    }

    public int previous() {
        return year - 1;
    }

    public int next() {
        return year + 1;
    }

    private static int count(List<Day> days, Kind kind) {
        return (int) days.stream().filter(day -> day.kind() == kind).count();
    }

    private static Month monthOf(CalendarYear year, int month, LocalDate today) {
        var days = year.days().stream().filter(day -> day.date().getMonthValue() == month).toList();
        var first = days.getFirst().date();
        int before = first.getDayOfWeek().getValue() - 1;
        var cells = new ArrayList<Cell>();
        int row = 0;
        for (var day : days) {
            int place = before + day.date().getDayOfMonth() - 1;
            row = place / 7;
            cells.add(
                    new Cell(
                            place % 7 * CELL,
                            TOP + row * CELL,
                            day.date().getDayOfMonth(),
                            day.kind().name().toLowerCase(Locale.ROOT)
                                    + (day.date().equals(today) ? " today" : ""),
                            day.kind() == Kind.OPEN
                                    ? ""
                                    : DAY.format(day.date()) + ": " + day.words()));
        }
        String name = first.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
        int whole = count(days, Kind.WHOLE);
        int part = count(days, Kind.PART);
        String label =
                whole + part == 0
                        ? name + ": no day excluded"
                        : "%s: %d %s excluded, %d in part"
                                .formatted(name, whole, whole == 1 ? "day" : "days", part);
        return new Month(name, label, TOP + (row + 1) * CELL, cells);
    }

    private static List<Stretch> stretches(List<Day> days) {
        var stretches = new ArrayList<Stretch>();
        int from = 0;
        while (from < days.size()) {
            var first = days.get(from);
            int to = from;
            while (to + 1 < days.size()
                    && days.get(to + 1).kind() == first.kind()
                    && days.get(to + 1).words().equals(first.words())) {
                to++;
            }
            if (first.kind() != Kind.OPEN) {
                String start = DAY.format(first.date());
                String name = from == to ? start : start + " to " + DAY.format(days.get(to).date());
                stretches.add(new Stretch(name, first.words(), first.kind() == Kind.WHOLE));
            }
            from = to + 1;
        }
        return stretches;
    }
}
