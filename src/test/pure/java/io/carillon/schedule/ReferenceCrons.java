package io.carillon.schedule;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Makes random cron expressions together with their meaning. */
final class ReferenceCrons {

    private static final List<String> WEEKDAYS =
            List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");
    private static final List<String> MONTHS =
            List.of(
                    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV",
                    "DEC");

    private record Numbers(String text, Set<Integer> values) {}

    private record Days(String text, Predicate<LocalDate> test) {}

    private final Random random;

    ReferenceCrons(long seed) {
        this.random = new Random(seed);
    }

    ReferenceCron make() {
        boolean withSecond = chance(3);
        boolean withYear = withSecond && chance(2);
        Numbers second = withSecond ? few(0, 59) : new Numbers("", Set.of(0));
        Numbers minute = chance(2) ? few(0, 59) : numbers(0, 59, List.of(), 0);
        Numbers hour = numbers(0, 23, List.of(), 0);
        Numbers month = chance(2) ? all(1, 12) : numbers(1, 12, MONTHS, 1);
        Days ofMonth = dayOfMonth();
        Days ofWeek = dayOfWeek();
        boolean either = !isStar(ofMonth.text()) && !isStar(ofWeek.text());
        Numbers year = withYear ? numbers(1970, 2200, List.of(), 0) : all(1970, 2200);
        Predicate<LocalDate> day =
                date ->
                        year.values().contains(date.getYear())
                                && month.values().contains(date.getMonthValue())
                                && (either
                                        ? ofMonth.test().test(date) || ofWeek.test().test(date)
                                        : ofMonth.test().test(date) && ofWeek.test().test(date));
        String text =
                (withSecond ? second.text() + " " : "")
                        + String.join(
                                chance(9) ? " \t " : " ",
                                minute.text(),
                                hour.text(),
                                ofMonth.text(),
                                month.text(),
                                ofWeek.text())
                        + (withYear ? " " + year.text() : "");
        return new ReferenceCron(
                chance(4) ? text.toLowerCase(Locale.ROOT) : text,
                second.values(),
                minute.values(),
                hour.values(),
                isStar(hour.text()),
                day);
    }

    private Days dayOfMonth() {
        if (chance(2)) {
            return new Days(chance(4) ? "?" : "*", date -> true);
        }
        if (chance(2)) {
            Numbers numbers = numbers(1, 31, List.of(), 0);
            return new Days(
                    numbers.text(), date -> numbers.values().contains(date.getDayOfMonth()));
        }
        int number = between(0, 30);
        return switch (random.nextInt(5)) {
            case 0 ->
                    new Days(
                            "L",
                            date -> date.getDayOfMonth() == ReferenceCron.lastDayOfMonth(date));
            case 1 ->
                    new Days(
                            "L-" + number,
                            date ->
                                    date.getDayOfMonth()
                                            == ReferenceCron.lastDayOfMonth(date) - number);
            case 2 ->
                    new Days(
                            "LW",
                            date ->
                                    date.equals(
                                            ReferenceCron.nearestWeekday(
                                                    date.withDayOfMonth(
                                                            ReferenceCron.lastDayOfMonth(date)))));
            case 3 ->
                    new Days(
                            (number + 1) + "W",
                            date ->
                                    number < ReferenceCron.lastDayOfMonth(date)
                                            && date.equals(
                                                    ReferenceCron.nearestWeekday(
                                                            date.withDayOfMonth(number + 1))));
            default ->
                    new Days(
                            "L,3",
                            date ->
                                    date.getDayOfMonth() == 3
                                            || date.plusDays(1).getDayOfMonth() == 1);
        };
    }

    private Days dayOfWeek() {
        if (chance(2)) {
            return new Days(chance(4) ? "?" : "*", date -> true);
        }
        if (chance(2)) {
            Numbers numbers = numbers(0, 6, WEEKDAYS, 0);
            return new Days(numbers.text(), date -> numbers.values().contains(weekdayOf(date)));
        }
        int weekday = between(0, 6);
        String name =
                switch (random.nextInt(3)) {
                    case 0 -> WEEKDAYS.get(weekday);
                    case 1 -> Integer.toString(weekday == 0 ? 7 : weekday);
                    default -> Integer.toString(weekday);
                };
        int nth = between(1, 5);
        return chance(2)
                ? new Days(
                        name + "L",
                        date ->
                                weekdayOf(date) == weekday
                                        && date.plusDays(7).getMonth() != date.getMonth())
                : new Days(
                        name + "#" + nth,
                        date ->
                                weekdayOf(date) == weekday
                                        && (date.getDayOfMonth() + 6) / 7 == nth);
    }

    private static int weekdayOf(LocalDate date) {
        return date.getDayOfWeek().getValue() % 7;
    }

    /** A field of numbers: a star, a step, or a list of values and ranges. */
    private Numbers numbers(int min, int max, List<String> names, int nameBase) {
        int step = between(1, Math.min(max - min, 30));
        switch (random.nextInt(6)) {
            case 0 -> {
                return all(min, max);
            }
            case 1 -> {
                return new Numbers("*/" + step, everyNth(values(min, max, min, max), step));
            }
            case 2 -> {
                int first = between(min, max);
                return new Numbers(
                        first + "/" + step, everyNth(values(min, max, first, max), step));
            }
            default -> {
                List<String> texts = new ArrayList<>();
                Set<Integer> values = new TreeSet<>();
                for (int i = between(1, 3); i > 0; i--) {
                    int first = between(min, max);
                    int last = between(min, max);
                    if (max > 100 && last < first) {
                        last = first;
                    }
                    String firstText = name(first, names, nameBase);
                    if (chance(2)) {
                        texts.add(firstText);
                        values.add(first);
                    } else {
                        boolean stepped = chance(3);
                        texts.add(
                                firstText
                                        + "-"
                                        + name(last, names, nameBase)
                                        + (stepped ? "/" + step : ""));
                        values.addAll(everyNth(values(min, max, first, last), stepped ? step : 1));
                    }
                }
                return new Numbers(String.join(",", texts), values);
            }
        }
    }

    private Numbers few(int min, int max) {
        Set<Integer> values = new TreeSet<>();
        for (int i = between(1, 3); i > 0; i--) {
            values.add(chance(3) ? min : chance(3) ? max : between(min, max));
        }
        return new Numbers(
                values.stream().map(String::valueOf).collect(Collectors.joining(",")), values);
    }

    private static Numbers all(int min, int max) {
        return new Numbers(
                "*", IntStream.rangeClosed(min, max).boxed().collect(Collectors.toSet()));
    }

    private String name(int value, List<String> names, int nameBase) {
        return names.isEmpty() || chance(2) ? Integer.toString(value) : names.get(value - nameBase);
    }

    private static List<Integer> values(int min, int max, int first, int last) {
        List<Integer> result = new ArrayList<>();
        for (int value = first; ; value = value == max ? min : value + 1) {
            result.add(value);
            if (value == last) {
                return result;
            }
        }
    }

    private static Set<Integer> everyNth(List<Integer> values, int step) {
        Set<Integer> result = new TreeSet<>();
        for (int i = 0; i < values.size(); i += step) {
            result.add(values.get(i));
        }
        return result;
    }

    private static boolean isStar(String text) {
        return text.startsWith("*") || text.startsWith("?");
    }

    /** True once in n times. */
    private boolean chance(int n) {
        return random.nextInt(n) == 0;
    }

    private int between(int least, int most) {
        return least + random.nextInt(most - least + 1);
    }
}
