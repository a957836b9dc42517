package io.carillon.execution.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * Makes the {@code error} of a failed attempt, with a bounded size and only with text that
 * PostgreSQL can store: a target or a driver may say anything. The statements that store errors
 * bound their number.
 */
public final class AttemptError {
    /** In bytes of UTF-8, including the note that it was cut. */
    static final int MESSAGE_LIMIT = 4096;

    private static final int CODE_LIMIT = 100;
    private static final int NOTE_ROOM = 40;

    private AttemptError() {}

    public static JsonNode of(String code, String message, int attempt, Instant at) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("code", cut(code, CODE_LIMIT))
                .put("message", cut(message, MESSAGE_LIMIT))
                .put("attempt", attempt)
                .put("at", at.toString());
    }

    /**
     * Returns at most {@code limit} bytes, without cutting a character, and with a note of the
     * original length.
     */
    static String cut(String text, int limit) {
        String storable = storable(text);
        // No character takes more than three bytes per UTF-16 unit.
        if (storable.length() <= limit / 3) {
            return storable;
        }
        int size = storable.getBytes(StandardCharsets.UTF_8).length;
        if (size <= limit) {
            return storable;
        }
        int left = limit - NOTE_ROOM;
        int end = 0;
        while (end < storable.length()) {
            int codePoint = storable.codePointAt(end);
            left -= codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
            if (left < 0) {
                break;
            }
            end += Character.charCount(codePoint);
        }
        return storable.substring(0, end) + "… (cut, it had " + size + " bytes)";
    }

    /** PostgreSQL's jsonb holds neither U+0000 nor half a surrogate pair. */
    private static String storable(String text) {
        boolean isStorable = true;
        for (int index = 0; index < text.length() && isStorable; index++) {
            isStorable = text.charAt(index) != 0 && !Character.isSurrogate(text.charAt(index));
        }
        if (isStorable) {
            return text;
        }
        var kept = new StringBuilder(text.length());
        text.codePoints()
                .map(each -> each == 0 || each >= 0xD800 && each <= 0xDFFF ? 0xFFFD : each)
                .forEach(kept::appendCodePoint);
        return kept.toString();
    }
}
