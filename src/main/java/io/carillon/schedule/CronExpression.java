package io.carillon.schedule;

import java.time.LocalDate;
import java.time.YearMonth;

/**
 * Finds the local dates and times that a cron expression matches, without any time zone. A local
 * time is a number here: seconds since 1970-01-01T00:00 on a calendar whose days all have 86,400
 * seconds.
 *
 * <p>It never searches minute by minute. Time of day: the next set bit of the second, else of the
 * minute, else of the hour. Day: months and years are jumped over by their bits, and within a month
 * {@link DayRule} gives all matching days at once. The worst case, an expression that matches no
 * date at all, looks at each month of {@value CronField#FIRST_YEAR} to {@value CronField#LAST_YEAR}
 * once.
 *
 * @param seconds bits 0 to 59
 * @param minutes bits 0 to 59
 * @param hours bits 0 to 23
 * @param months bits 1 to 12
 */
record CronExpression(
        long seconds, long minutes, long hours, DayRule dayRule, long months, YearSet years) {

    /** The result if there is no later match; larger than every local time. */
    static final long NEVER = Long.MAX_VALUE;

    /** The result if there is no earlier match; smaller than every local time. */
    static final long NOT_BEFORE = Long.MIN_VALUE;

    static final int SECONDS_PER_DAY = 86_400;

    private static final long FIRST_DAY = LocalDate.of(CronField.FIRST_YEAR, 1, 1).toEpochDay();
    private static final long LAST_DAY = LocalDate.of(CronField.LAST_YEAR, 12, 31).toEpochDay();

    static final long FIRST_LOCAL = FIRST_DAY * SECONDS_PER_DAY;
    static final long LAST_LOCAL = LAST_DAY * SECONDS_PER_DAY + SECONDS_PER_DAY - 1;

    /** The first matching local time at or after {@code local}, or {@link #NEVER}. */
    long next(long local) {
        if (local > LAST_LOCAL) {
            return NEVER;
        }
        long from = Math.max(local, FIRST_LOCAL);
        long day = Math.floorDiv(from, SECONDS_PER_DAY);
        int time = nextTime((int) (from - day * SECONDS_PER_DAY));
        long found = nextDay(time >= 0 ? day : day + 1);
        if (found == NEVER) {
            return NEVER;
        }
        return found * SECONDS_PER_DAY + (found == day ? time : firstTime());
    }

    /** The last matching local time at or before {@code local}, or {@link #NOT_BEFORE}. */
    long previous(long local) {
        if (local < FIRST_LOCAL) {
            return NOT_BEFORE;
        }
        long from = Math.min(local, LAST_LOCAL);
        long day = Math.floorDiv(from, SECONDS_PER_DAY);
        int time = previousTime((int) (from - day * SECONDS_PER_DAY));
        long found = previousDay(time >= 0 ? day : day - 1);
        if (found == NOT_BEFORE) {
            return NOT_BEFORE;
        }
        return found * SECONDS_PER_DAY + (found == day ? time : lastTime());
    }

    /**
     * How many local times match in {@code [from, to)}: matching days by their months, times the
     * matching times of a day. The cost depends on the number of months, not of matches.
     */
    long count(long from, long to) {
        long first = Math.max(from, FIRST_LOCAL);
        long end = Math.min(to, LAST_LOCAL + 1);
        return first >= end ? 0 : countBefore(end) - countBefore(first);
    }

    /** Matches from the first of all to {@code local}, on the calendar of days of equal length. */
    private long countBefore(long local) {
        long day = Math.floorDiv(local, SECONDS_PER_DAY);
        long matches = daysBefore(day) * timesBefore(SECONDS_PER_DAY);
        return nextDay(day) == day
                ? matches + timesBefore((int) (local - day * SECONDS_PER_DAY))
                : matches;
    }

    /** The matching times of a day that are earlier than {@code secondOfDay}. */
    private long timesBefore(int secondOfDay) {
        int hour = secondOfDay / 3600;
        long ofHour = (long) Long.bitCount(minutes) * Long.bitCount(seconds);
        long times = countBelow(hours, hour) * ofHour;
        if (hour < 24 && Bits.has(hours, hour)) {
            int minute = secondOfDay / 60 % 60;
            times += countBelow(minutes, minute) * Long.bitCount(seconds);
            if (Bits.has(minutes, minute)) {
                times += countBelow(seconds, secondOfDay % 60);
            }
        }
        return times;
    }

    private static long countBelow(long bits, int end) {
        return Long.bitCount(bits & ((1L << end) - 1));
    }

    private long daysBefore(long epochDay) {
        if (epochDay > LAST_DAY) {
            return daysBeforeYear(CronField.LAST_YEAR + 1);
        }
        LocalDate date = LocalDate.ofEpochDay(epochDay);
        int year = date.getYear();
        if (years.next(year) != year) {
            return daysBeforeYear(year);
        }
        long days = daysBeforeYear(year);
        for (int month = 1; month <= date.getMonthValue(); month++) {
            if (Bits.has(months, month)) {
                int end = month == date.getMonthValue() ? date.getDayOfMonth() : 32;
                days += countBelow(daysIn(year, month), end);
            }
        }
        return days;
    }

    private long daysBeforeYear(int end) {
        long days = 0;
        for (int year = years.next(CronField.FIRST_YEAR);
                year >= 0 && year < end;
                year = years.next(year + 1)) {
            for (int month = 1; month <= 12; month++) {
                if (Bits.has(months, month)) {
                    days += Long.bitCount(daysIn(year, month));
                }
            }
        }
        return days;
    }

    private int nextTime(int secondOfDay) {
        int hour = secondOfDay / 3600;
        if (Bits.has(hours, hour)) {
            int minute = secondOfDay / 60 % 60;
            if (Bits.has(minutes, minute)) {
                int second = Bits.next(seconds, secondOfDay % 60);
                if (second >= 0) {
                    return hour * 3600 + minute * 60 + second;
                }
            }
            int later = Bits.next(minutes, minute + 1);
            if (later >= 0) {
                return hour * 3600 + later * 60 + Bits.first(seconds);
            }
        }
        int later = Bits.next(hours, hour + 1);
        return later < 0
                ? Bits.NONE
                : later * 3600 + Bits.first(minutes) * 60 + Bits.first(seconds);
    }

    private int previousTime(int secondOfDay) {
        int hour = secondOfDay / 3600;
        if (Bits.has(hours, hour)) {
            int minute = secondOfDay / 60 % 60;
            if (Bits.has(minutes, minute)) {
                int second = Bits.previous(seconds, secondOfDay % 60);
                if (second >= 0) {
                    return hour * 3600 + minute * 60 + second;
                }
            }
            int earlier = minute == 0 ? Bits.NONE : Bits.previous(minutes, minute - 1);
            if (earlier >= 0) {
                return hour * 3600 + earlier * 60 + Bits.last(seconds);
            }
        }
        int earlier = hour == 0 ? Bits.NONE : Bits.previous(hours, hour - 1);
        return earlier < 0
                ? Bits.NONE
                : earlier * 3600 + Bits.last(minutes) * 60 + Bits.last(seconds);
    }

    private int firstTime() {
        return Bits.first(hours) * 3600 + Bits.first(minutes) * 60 + Bits.first(seconds);
    }

    private int lastTime() {
        return Bits.last(hours) * 3600 + Bits.last(minutes) * 60 + Bits.last(seconds);
    }

    private long nextDay(long epochDay) {
        if (epochDay > LAST_DAY) {
            return NEVER;
        }
        LocalDate date = LocalDate.ofEpochDay(epochDay);
        int fromMonth = date.getMonthValue();
        int fromDay = date.getDayOfMonth();
        for (int year = years.next(date.getYear()); year >= 0; year = years.next(year + 1)) {
            if (year != date.getYear()) {
                fromMonth = 1;
                fromDay = 1;
            }
            for (int month = Bits.next(months, fromMonth);
                    month >= 0;
                    month = Bits.next(months, month + 1)) {
                int found = Bits.next(daysIn(year, month), month == fromMonth ? fromDay : 1);
                if (found >= 0) {
                    return LocalDate.of(year, month, found).toEpochDay();
                }
            }
        }
        return NEVER;
    }

    private long previousDay(long epochDay) {
        if (epochDay < FIRST_DAY) {
            return NOT_BEFORE;
        }
        LocalDate date = LocalDate.ofEpochDay(epochDay);
        int fromMonth = date.getMonthValue();
        int fromDay = date.getDayOfMonth();
        for (int year = years.previous(date.getYear());
                year >= 0;
                year = years.previous(year - 1)) {
            if (year != date.getYear()) {
                fromMonth = 12;
                fromDay = 31;
            }
            for (int month = Bits.previous(months, fromMonth);
                    month >= 0;
                    month = Bits.previous(months, month - 1)) {
                int found = Bits.previous(daysIn(year, month), month == fromMonth ? fromDay : 31);
                if (found >= 0) {
                    return LocalDate.of(year, month, found).toEpochDay();
                }
            }
        }
        return NOT_BEFORE;
    }

    private long daysIn(int year, int month) {
        long firstOfMonth = LocalDate.of(year, month, 1).toEpochDay();
        int length = YearMonth.of(year, month).lengthOfMonth();
        // 1970-01-01 was a Thursday, number 4 of a week that begins with Sunday as 0.
        return dayRule.in(length, (int) Math.floorMod(firstOfMonth + 4, 7L));
    }
}
