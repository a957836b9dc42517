package io.carillon.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Writes sets of numbers in English. */
final class Words {

    private Words() {}

    /** "a", "a and b", "a, b and c". */
    static String join(List<String> parts, String conjunction) {
        if (parts.size() < 2) {
            return String.join("", parts);
        }
        return String.join(", ", parts.subList(0, parts.size() - 1))
                + " "
                + conjunction
                + " "
                + parts.getLast();
    }

    /** Lists members by name, three or more in a row as a range: "1 to 5, 10 and 20". */
    static List<String> ranges(List<Integer> members, IntFunction<String> name) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        while (start < members.size()) {
            int end = start;
            while (end + 1 < members.size() && members.get(end + 1) == members.get(end) + 1) {
                end++;
            }
            if (end - start >= 2) {
                parts.add(name.apply(members.get(start)) + " to " + name.apply(members.get(end)));
            } else {
                for (int i = start; i <= end; i++) {
                    parts.add(name.apply(members.get(i)));
                }
            }
            start = end + 1;
        }
        return parts;
    }

    static List<Integer> members(long bits) {
        List<Integer> members = new ArrayList<>();
        for (int i = Bits.next(bits, 0); i >= 0; i = i == 63 ? Bits.NONE : Bits.next(bits, i + 1)) {
            members.add(i);
        }
        return members;
    }

    /**
     * Returns the distance between members that fill 0 to {@code size - 1} evenly; 0 if they do
     * not.
     */
    static int evenStep(long bits, int size) {
        int first = Bits.first(bits);
        int second = Bits.next(bits, first + 1);
        if (first != 0 || second < 0 || size % second != 0) {
            return 0;
        }
        long expected = 0;
        for (int i = 0; i < size; i += second) {
            expected |= Bits.of(i);
        }
        return expected == bits ? second : 0;
    }

    static String ordinal(int number) {
        return switch (number) {
            case 1 -> "first";
            case 2 -> "second";
            case 3 -> "third";
            case 4 -> "fourth";
            case 5 -> "fifth";
            default -> number + "th";
        };
    }

    static String plural(int count, String noun) {
        return count == 1 ? noun : noun + "s";
    }
}
