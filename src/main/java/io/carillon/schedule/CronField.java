package io.carillon.schedule;

import java.util.List;

/** Lists the seven fields of a cron expression, in the order in which they are written. */
enum CronField {
    SECOND("second", 0, 59, List.of()),
    MINUTE("minute", 0, 59, List.of()),
    HOUR("hour", 0, 23, List.of()),
    DAY_OF_MONTH("day of month", 1, 31, List.of()),
    MONTH(
            "month",
            1,
            12,
            List.of(
                    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV",
                    "DEC")),
    DAY_OF_WEEK("day of week", 0, 6, List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")),
    YEAR("year", 1970, 2200, List.of());

    static final int FIRST_YEAR = 1970;
    static final int LAST_YEAR = 2200;

    private final String label;
    private final int minimum;
    private final int maximum;

    /** Unmodifiable. */
    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> names;

    CronField(String label, int minimum, int maximum, List<String> names) {
        this.label = label;
        this.minimum = minimum;
        this.maximum = maximum;
        this.names = names;
    }

    String label() {
        return label;
    }

    int minimum() {
        return minimum;
    }

    /** The largest value; a 7 for Sunday is read as 0. */
    int maximum() {
        return maximum;
    }

    /** The largest number that may be written. */
    int largestWritten() {
        return this == DAY_OF_WEEK ? 7 : maximum;
    }

    int size() {
        return maximum - minimum + 1;
    }

    /** Names of the values from the minimum on, in capitals; empty when there are only numbers. */
    List<String> names() {
        return names;
    }

    boolean isDay() {
        return this == DAY_OF_MONTH || this == DAY_OF_WEEK;
    }

    /** Returns what may be written, for messages. */
    String expected() {
        String numbers = minimum + " to " + largestWritten();
        return names.isEmpty()
                ? numbers
                : numbers + " or " + names.getFirst() + " to " + names.getLast();
    }
}
