package io.carillon.schedule;

/**
 * Finds the days of a month that a cron expression matches, from its day-of-month and day-of-week
 * fields. Days are bits 1 to 31, weekdays bits 0 (Sunday) to 6.
 *
 * @param days days of the month
 * @param fromLast bit k: the k-th day before the last ({@code L} is bit 0, {@code L-3} bit 3)
 * @param nearWeekday bit d: the weekday nearest to day d in the same month ({@code 15W})
 * @param nearLastWeekday bit k: the weekday nearest to the k-th day before the last ({@code LW})
 * @param weekdays weekdays
 * @param lastWeekdays bit w: the last such weekday of the month ({@code 5L})
 * @param nthWeekdays bit 7(n-1)+w: the n-th such weekday of the month ({@code MON#2})
 * @param either whether a day matches when one of the two fields does, instead of both
 */
record DayRule(
        long days,
        long fromLast,
        long nearWeekday,
        long nearLastWeekday,
        long weekdays,
        long lastWeekdays,
        long nthWeekdays,
        boolean either) {

    private static final long ALL_WEEKDAYS = 0x7f;

    /** Bits 0, 7, 14, 21, 28 and 35: a week repeated by one multiplication. */
    private static final long WEEKS =
            1L | (1L << 7) | (1L << 14) | (1L << 21) | (1L << 28) | (1L << 35);

    /**
     * Returns the matching days of one month.
     *
     * @param length days in the month, 28 to 31
     * @param firstWeekday the weekday of the first of the month, 0 (Sunday) to 6
     */
    long in(int length, int firstWeekday) {
        long ofMonth = daysOfMonth(length, firstWeekday);
        long ofWeek = daysOfWeek(length, firstWeekday);
        return (either ? ofMonth | ofWeek : ofMonth & ofWeek) & Bits.range(1, length);
    }

    private long daysOfMonth(int length, int firstWeekday) {
        long result = days;
        if ((fromLast | nearWeekday | nearLastWeekday) == 0) {
            return result;
        }
        for (int k = Bits.next(fromLast, 0); k >= 0; k = Bits.next(fromLast, k + 1)) {
            if (k < length) {
                result |= Bits.of(length - k);
            }
        }
        for (int day = Bits.next(nearWeekday, 1); day >= 0; day = Bits.next(nearWeekday, day + 1)) {
            if (day <= length) {
                result |= Bits.of(nearestWeekday(day, length, firstWeekday));
            }
        }
        for (int k = Bits.next(nearLastWeekday, 0); k >= 0; k = Bits.next(nearLastWeekday, k + 1)) {
            if (k < length) {
                result |= Bits.of(nearestWeekday(length - k, length, firstWeekday));
            }
        }
        return result;
    }

    /** Moves Saturday to Friday and Sunday to Monday, but never into another month. */
    private static int nearestWeekday(int day, int length, int firstWeekday) {
        int weekday = (firstWeekday + day - 1) % 7;
        if (weekday == 6) {
            return day > 1 ? day - 1 : day + 2;
        }
        if (weekday == 0) {
            return day < length ? day + 1 : day - 2;
        }
        return day;
    }

    private long daysOfWeek(int length, int firstWeekday) {
        // Bit 0 becomes the weekday of the first; the shift by one at the end makes it day 1.
        long turned =
                ((weekdays >>> firstWeekday) | (weekdays << (7 - firstWeekday))) & ALL_WEEKDAYS;
        long result = (turned * WEEKS) << 1;
        if ((lastWeekdays | nthWeekdays) == 0) {
            return result;
        }
        for (int w = Bits.next(lastWeekdays, 0); w >= 0; w = Bits.next(lastWeekdays, w + 1)) {
            int first = firstOf(w, firstWeekday);
            result |= Bits.of(first + (length - first) / 7 * 7);
        }
        for (int bit = Bits.next(nthWeekdays, 0); bit >= 0; bit = Bits.next(nthWeekdays, bit + 1)) {
            result |= Bits.of(firstOf(bit % 7, firstWeekday) + bit / 7 * 7);
        }
        return result;
    }

    /** The first day of the month, 1 to 7, that is the given weekday. */
    private static int firstOf(int weekday, int firstWeekday) {
        return 1 + (weekday - firstWeekday + 7) % 7;
    }
}
