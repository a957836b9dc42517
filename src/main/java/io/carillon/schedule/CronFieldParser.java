package io.carillon.schedule;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/**
 * Reads one field of a cron expression. The language, any letter in either case:
 *
 * <pre>
 * field = "?" | term { "," term }              ? is *, in the two day fields only
 * term  = "*" [step]
 *       | value [step]                         5/15 is from 5 to the end of the field
 *       | value "-" value [step]               22-2 and FRI-MON wrap around; years do not
 *       | "H" ["(" value "-" value ")"] [step] a value made from the hash of the seed
 *       | "L" ["-" number] ["W"] | value "W"   day of month: last, before it, nearest weekday
 *       | value "L" | value "#" number         day of week: last, n-th of the month
 * step  = "/" number
 * value = number | name
 * </pre>
 */
final class CronFieldParser {

    private static final int MAX_DIGITS = 9;

    /** The last day that {@code H} may choose, so that every month has it. */
    private static final int LAST_HASHED_DAY = 28;

    private final CronField field;
    private final int number;
    private final String text;
    private final int offset;
    private final String seed;
    private final List<String> uneven = new ArrayList<>();

    /** Members, counted from the field's minimum. */
    private final BitSet members = new BitSet();

    private long fromLast;
    private long nearWeekday;
    private long nearLastWeekday;
    private long lastWeekdays;
    private long nthWeekdays;
    private boolean hashed;
    private int position;

    /**
     * @param number the field's position in the expression, from 1
     * @param offset where the field begins in the expression, from 0
     */
    CronFieldParser(CronField field, int number, String text, int offset, String seed) {
        this.field = field;
        this.number = number;
        this.text = text;
        this.offset = offset;
        this.seed = seed;
    }

    void parse() {
        if (text.startsWith("?")) {
            question();
            return;
        }
        term();
        while (position < text.length()) {
            if (!take(',')) {
                throw unexpected("',' or the end of the field");
            }
            term();
            // Several terms may be even together, and were surely written on purpose.
            uneven.clear();
        }
    }

    /** The members as bits; the value is the number of the bit. Not for years. */
    long bits() {
        long[] words = members.toLongArray();
        return words.length == 0 ? 0 : words[0] << field.minimum();
    }

    YearSet years() {
        return new YearSet(members);
    }

    long fromLast() {
        return fromLast;
    }

    long nearWeekday() {
        return nearWeekday;
    }

    long nearLastWeekday() {
        return nearLastWeekday;
    }

    long lastWeekdays() {
        return lastWeekdays;
    }

    long nthWeekdays() {
        return nthWeekdays;
    }

    boolean startsWithStar() {
        return text.startsWith("*") || text.startsWith("?");
    }

    boolean hashed() {
        return hashed;
    }

    /**
     * Returns a sentence if the field is a single open-ended step that does not divide the field
     * evenly.
     */
    List<String> uneven() {
        return uneven;
    }

    private void question() {
        if (!field.isDay()) {
            throw failure("? is only for day of month and day of week, expected *", 0);
        }
        position++;
        if (position < text.length()) {
            throw unexpected("nothing after ?");
        }
        add(field.minimum(), field.size(), 1);
    }

    private void term() {
        if (take('*')) {
            addToEnd(field.minimum(), optionalStep());
        } else if (take('H')) {
            hash();
        } else if (field == CronField.DAY_OF_MONTH && take('L')) {
            lastDay();
        } else {
            int start = position;
            int first = value();
            if (take('-')) {
                range(first, start);
            } else if (at('/')) {
                addToEnd(field == CronField.DAY_OF_WEEK ? first % 7 : first, optionalStep());
            } else if (field == CronField.DAY_OF_MONTH && take('W')) {
                nearWeekday |= Bits.of(first);
            } else if (field == CronField.DAY_OF_WEEK && take('L')) {
                lastWeekdays |= Bits.of(first % 7);
            } else if (field == CronField.DAY_OF_WEEK && take('#')) {
                int nth = number("the week of the month", 1, 5);
                nthWeekdays |= Bits.of(7 * (nth - 1) + first % 7);
            } else {
                add(first, 1, 1);
            }
        }
    }

    private void range(int first, int start) {
        int last = value();
        int length = lengthOf(first, last, start);
        add(first, length, optionalStep());
    }

    private int lengthOf(int first, int last, int start) {
        if (last >= first) {
            // 0-7 has eight values with Sunday twice, which matters for steps.
            return last - first + 1;
        }
        if (field == CronField.YEAR) {
            throw failure("the range runs backwards from " + first + " to " + last, start);
        }
        return last - first + 1 + field.size();
    }

    private void hash() {
        if (field == CronField.YEAR) {
            throw failure("H is not for years, expected " + field.expected(), position - 1);
        }
        hashed = true;
        int first = field.minimum();
        int length = field == CronField.DAY_OF_MONTH ? LAST_HASHED_DAY : field.size();
        boolean whole = !take('(');
        if (!whole) {
            int start = position;
            first = value();
            if (!take('-')) {
                throw unexpected("'-' and the last value, as in H(0-29)");
            }
            length = lengthOf(first, value(), start);
            if (!take(')')) {
                throw unexpected("')'");
            }
        }
        int step = at('/') ? optionalStep() : 0;
        if (step == 0) {
            add(first + SeedHash.of(seed, field, length), 1, 1);
            return;
        }
        int shift = SeedHash.of(seed, field, Math.min(step, length));
        add(first + shift, length - shift, step);
        if (whole) {
            noteUneven(first + shift, step);
        }
    }

    private void lastDay() {
        int before = 0;
        if (take('-')) {
            before = number("the days before the last", 0, 30);
        }
        if (take('W')) {
            nearLastWeekday |= Bits.of(before);
        } else {
            fromLast |= Bits.of(before);
        }
    }

    private void addToEnd(int first, int step) {
        add(first, field.maximum() - first + 1, step);
        noteUneven(first, step);
    }

    /**
     * Adds every step-th of {@code length} values from {@code first} on, wrapping around the end.
     */
    private void add(int first, int length, int step) {
        for (int i = 0; i < length; i += step) {
            members.set((first - field.minimum() + i) % field.size());
        }
    }

    private void noteUneven(int first, int step) {
        int last = first + (field.maximum() - first) / step * step;
        int around = first + field.size() - last;
        // 8/4 in the hour field is a window of the day; 1/4 is every four hours with a phase.
        boolean window = first - field.minimum() >= step;
        if (step == 1 || last == first || window || field == CronField.YEAR) {
            return;
        }
        if (field == CronField.DAY_OF_MONTH) {
            uneven.add("every " + step + " days starts again each month, at day " + first);
        } else if (around != step) {
            uneven.add(
                    "a step of %s does not divide the %s values of the %s field: after %s comes %s"
                            .formatted(step, field.size(), field.label(), last, first));
        }
    }

    private int optionalStep() {
        if (!take('/')) {
            return 1;
        }
        return number("the step", 1, field == CronField.YEAR ? 230 : field.largestWritten());
    }

    private int value() {
        if (position < text.length() && Character.isLetter(text.charAt(position))) {
            return name();
        }
        return number("", field.minimum(), field.largestWritten());
    }

    private int name() {
        int end = Math.min(position + 3, text.length());
        int index = field.names().indexOf(text.substring(position, end).toUpperCase(Locale.ROOT));
        if (index < 0) {
            if (field == CronField.DAY_OF_WEEK && at('L')) {
                throw failure("L follows a day here, as in FRIL or 5L", position);
            }
            throw unexpected(field.expected());
        }
        position = end;
        return field.minimum() + index;
    }

    /** Reads a number. {@code what} names it in messages; empty for a plain value. */
    private int number(String what, int least, int most) {
        int start = position;
        while (position < text.length() && isDigit(text.charAt(position))) {
            position++;
        }
        if (position == start) {
            String prefix = what.isEmpty() ? "" : what + ", ";
            throw unexpected(prefix + (what.isEmpty() ? field.expected() : least + " to " + most));
        }
        String digits = text.substring(start, position);
        String subject = what.isEmpty() ? digits : what + " " + digits;
        if (digits.length() > MAX_DIGITS || Integer.parseInt(digits) > most) {
            throw failure(Quotes.printable(subject) + " is above " + most, start);
        }
        int value = Integer.parseInt(digits);
        if (value < least) {
            throw failure(subject + " is below " + least, start);
        }
        return value;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** Whether the next character is the given one, a capital letter or a sign. */
    private boolean at(char expected) {
        if (position == text.length()) {
            return false;
        }
        char found = text.charAt(position);
        return found == expected
                || (Character.isLetter(expected) && found == Character.toLowerCase(expected));
    }

    private boolean take(char expected) {
        boolean taken = at(expected);
        if (taken) {
            position++;
        }
        return taken;
    }

    private InvalidScheduleException unexpected(String expected) {
        String found =
                position == text.length()
                        ? "the end of the field"
                        : "'" + Quotes.printable(character()) + "'";
        return failure("expected " + expected + ", found " + found, position);
    }

    private String character() {
        return Character.toString(text.codePointAt(position));
    }

    private InvalidScheduleException failure(String what, int at) {
        return InvalidScheduleException.malformed(
                "cron",
                "field %s, %s: %s (character %s)"
                        .formatted(number, field.label(), what, offset + at + 1));
    }
}
