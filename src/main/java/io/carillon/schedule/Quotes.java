package io.carillon.schedule;

import java.util.Locale;

/** Makes clients' text safe to repeat in a message. */
final class Quotes {

    private static final int LONGEST = 80;

    private Quotes() {}

    /**
     * Returns the text with control and non-ASCII characters written like {@code U+0000}, and
     * shortened if long.
     */
    static String printable(String text) {
        StringBuilder result = new StringBuilder();
        text.codePoints().limit(LONGEST).forEach(c -> result.append(printable(c)));
        return text.length() > LONGEST ? result + "…" : result.toString();
    }

    private static String printable(int codePoint) {
        boolean plain = codePoint >= ' ' && codePoint < 0x7f;
        return plain
                ? Character.toString(codePoint)
                : String.format(Locale.ROOT, "U+%04X", codePoint);
    }
}
