package io.carillon.placeholder;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Tells where a text of a config goes, and therefore how a value is written into it. */
public enum Where {
    /** Into plain text, or into a text of JSON that is written later: as it is. */
    TEXT,
    /** Into a header: as it is; refused if it contains a line break. */
    HEADER,
    /**
     * Into a URL: percent-encoded, except at the beginning, where the value is the URL or its
     * start.
     */
    URL,
    /** Into HTML: with entities for characters that begin a tag or end an attribute. */
    HTML,
    /**
     * Into the body of a request, depending on its Content-Type: percent-encoded in a form, escaped
     * in JSON.
     */
    BODY,
    /** Into JSON that is written already. */
    JSON,
    /** Into a form. */
    FORM;

    /**
     * @param isFirst whether the text before it is empty
     * @throws IllegalArgumentException if the value is not allowed there
     */
    String written(String value, boolean isFirst) {
        return switch (this) {
            case TEXT, BODY -> value;
            case HEADER -> {
                if (value.chars().anyMatch(each -> each < ' ' && each != '\t')) {
                    throw new IllegalArgumentException(
                            "the value of a placeholder has a line break or another control character");
                }
                yield value;
            }
            case URL -> isFirst ? value : percentEncoded(value);
            case FORM -> percentEncoded(value);
            case HTML -> htmlEscaped(value);
            case JSON -> jsonEscaped(value);
        };
    }

    /** Encodes all but the unreserved characters of RFC 3986 §2.3. */
    static String percentEncoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    static String htmlEscaped(String value) {
        return value.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    static String jsonEscaped(String value) {
        return new String(
                com.fasterxml.jackson.core.io.JsonStringEncoder.getInstance().quoteAsString(value));
    }
}
