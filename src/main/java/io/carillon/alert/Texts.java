package io.carillon.alert;

import java.nio.charset.StandardCharsets;

/** Cuts texts to what a target takes. */
final class Texts {
    private Texts() {}

    /** Cuts a text to so many chars, and never through a character of two. */
    static String cut(String text, int max) {
        return text.length() <= max ? text : text.substring(0, whole(text, max - 1)) + "…";
    }

    /** Cuts a text to so many bytes of UTF-8. */
    static String cutToBytes(String text, int max) {
        if (text.getBytes(StandardCharsets.UTF_8).length <= max) {
            return text;
        }
        int bytes = "…".getBytes(StandardCharsets.UTF_8).length;
        int end = 0;
        while (end < text.length()) {
            int character = text.codePointAt(end);
            bytes += Character.toString(character).getBytes(StandardCharsets.UTF_8).length;
            if (bytes > max) {
                break;
            }
            end += Character.charCount(character);
        }
        return text.substring(0, end) + "…";
    }

    private static int whole(String text, int end) {
        return Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end;
    }
}
