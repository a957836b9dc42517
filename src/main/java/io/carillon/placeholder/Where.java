package io.carillon.placeholder;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Says where a text of a config goes, and so how a value is written into it. */
public enum Where {
    /** Into plain text, or into a text of JSON that is written later: as it is. */
    TEXT,
    /** Into a header: as it is, and refused if it has what ends a line. */
    HEADER,
    /** Into a URL: percent-encoded but at its beginning, where it is the URL, or begins it. */
    URL,
    /** Into HTML: with entities for what begins a tag or ends an attribute. */
    HTML,
    /**
     * Into the body of a request, after its Content-Type: of a form percent-encoded, in JSON
     * escaped.
     */
    BODY,
    /** Into JSON that is written already. */
    JSON,
    /** Into a form. */
    FORM;

    /**
     * @param isFirst whether nothing stands before it
     * @throws IllegalArgumentException if it cannot stand there
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

    /** RFC 3986 §2.3: all but unreserved characters. */
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
