package io.carillon.handler.report;

import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Joins letters of Arabic, Persian and Urdu: each gets the form that it has between its neighbours,
 * by the blocks of presentation forms (Unicode, Arabic Presentation Forms-A and -B). Programs that
 * read a PDF turn these forms back into letters.
 */
final class ArabicForms {
    private static final int LAM = 0x644;
    private static final int TATWEEL = 0x640;

    private static final int FINAL = 1;
    private static final int INITIAL = 2;
    private static final int MEDIAL = 3;

    /** Letters that are joined on both sides have four forms, the others two or one. */
    private static final int ON_BOTH_SIDES = 4;

    /**
     * @param first the isolated form; final, initial and medial follow it
     */
    private record Forms(int first, int count) {}

    private static final Map<Integer, Forms> LETTERS = letters();

    /** What lam becomes with an alef after it; the final form follows. */
    private static final Map<Integer, Integer> LAM_WITH =
            Map.of(0x622, 0xFEF5, 0x623, 0xFEF7, 0x625, 0xFEF9, 0x627, 0xFEFB);

    private ArabicForms() {}

    private static Map<Integer, Forms> letters() {
        var letters = new HashMap<Integer, Forms>();
        // From hamza to ghain, and from feh to yeh, one after the other from U+FE80 on.
        int[] counts = {
            1, 2, 2, 2, 2, 4, 2, 4, 2, 4, 4, 4, 4, 4, 2, 2, 2, 2, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
            4, 4, 4, 4, 2, 2, 4
        };
        int form = 0xFE80;
        int letter = 0x621;
        for (int count : counts) {
            letters.put(letter, new Forms(form, count));
            form += count;
            letter = letter == 0x63A ? 0x641 : letter + 1;
        }
        letters.put(0x679, new Forms(0xFB66, 4));
        letters.put(0x67E, new Forms(0xFB56, 4));
        letters.put(0x686, new Forms(0xFB7A, 4));
        letters.put(0x688, new Forms(0xFB88, 2));
        letters.put(0x691, new Forms(0xFB8C, 2));
        letters.put(0x698, new Forms(0xFB8A, 2));
        letters.put(0x6A9, new Forms(0xFB8E, 4));
        letters.put(0x6AF, new Forms(0xFB92, 4));
        letters.put(0x6BA, new Forms(0xFB9E, 2));
        letters.put(0x6BE, new Forms(0xFBAA, 4));
        letters.put(0x6C1, new Forms(0xFBA6, 4));
        letters.put(0x6CC, new Forms(0xFBFC, 4));
        letters.put(0x6D2, new Forms(0xFBAE, 2));
        return Map.copyOf(letters);
    }

    /**
     * @param text in the order in which it is read
     * @param isWritable whether a font has a form; a letter without one stays as it is
     */
    static String joined(String text, IntPredicate isWritable) {
        int[] points = text.codePoints().toArray();
        var joined = new StringBuilder(text.length());
        for (int index = 0; index < points.length; index++) {
            var forms = LETTERS.get(points[index]);
            if (forms == null) {
                joined.appendCodePoint(points[index]);
                continue;
            }
            boolean isAfterOne = forms.count > 1 && joinsWithNext(points, index - 1);
            var ligature = ligature(points, index);
            if (ligature != null && isWritable.test(ligature)) {
                joined.appendCodePoint(ligature + (isAfterOne ? FINAL : 0));
                index++;
                continue;
            }
            boolean isBeforeOne = forms.count == ON_BOTH_SIDES && joinsWithLast(points, index + 1);
            int form =
                    forms.first
                            + (isAfterOne
                                    ? isBeforeOne ? MEDIAL : FINAL
                                    : isBeforeOne ? INITIAL : 0);
            joined.appendCodePoint(isWritable.test(form) ? form : points[index]);
        }
        return joined.toString();
    }

    private static @Nullable Integer ligature(int[] points, int index) {
        return points[index] == LAM && index + 1 < points.length
                ? LAM_WITH.get(points[index + 1])
                : null;
    }

    /** Whether the letter there, or before the marks there, is joined with what follows. */
    private static boolean joinsWithNext(int[] points, int from) {
        int index = from;
        while (index >= 0 && isMark(points[index])) {
            index--;
        }
        return index >= 0 && joins(points[index], ON_BOTH_SIDES);
    }

    /** Whether the letter there, or behind the marks there, is joined with what is before it. */
    private static boolean joinsWithLast(int[] points, int from) {
        int index = from;
        while (index < points.length && isMark(points[index])) {
            index++;
        }
        return index < points.length && joins(points[index], 2);
    }

    private static boolean joins(int point, int least) {
        var forms = LETTERS.get(point);
        return point == TATWEEL || forms != null && forms.count >= least;
    }

    private static boolean isMark(int point) {
        return Character.getType(point) == Character.NON_SPACING_MARK;
    }
}
