package io.carillon.handler.http;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides which headers a job may send: RFC 9110 names and values, except those that belong to the
 * connection.
 */
public final class HttpHeaderRules {
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}");

    /** Matches printable ISO 8859-1: a header has no other characters; they would arrive as ?. */
    private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e\\xa0-\\xff]*");

    private static final Set<String> RESERVED =
            Set.of(
                    "connection",
                    "content-length",
                    "expect",
                    "host",
                    "idempotency-key",
                    "transfer-encoding",
                    "upgrade");

    private HttpHeaderRules() {}

    /** Whether a job may send this header with this value. */
    public static boolean allows(String name, @Nullable String value) {
        return value != null
                && NAME.matcher(name).matches()
                && VALUE.matcher(value).matches()
                && !RESERVED.contains(name.toLowerCase(Locale.ROOT));
    }
}
