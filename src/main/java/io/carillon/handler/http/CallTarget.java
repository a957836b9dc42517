package io.carillon.handler.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Parses the target of a URL. It allows hosts with an underscore, which {@link URI} does not
 * support. Path and query are sent as written: only non-ASCII characters are percent-encoded, and
 * nothing is normalised.
 *
 * @param host an IPv6 address in brackets
 * @param authority host and port as written, for the header {@code Host}
 * @param pathAndQuery as in the request line
 */
public record CallTarget(
        boolean isSecure, String host, int port, String authority, String pathAndQuery) {
    private static final Pattern AUTHORITY =
            Pattern.compile("(\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9._-]+)(?::(\\d{0,5}))?");
    private static final int MAX_PORT = 65_535;
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    /**
     * @throws IllegalArgumentException if it is not an absolute http or https URL with a host and
     *     without a user
     */
    public static CallTarget of(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException invalid) {
            throw new IllegalArgumentException("no URL");
        }
        boolean isSecure = "https".equalsIgnoreCase(uri.getScheme());
        if (!isSecure && !"http".equalsIgnoreCase(uri.getScheme())
                || uri.getRawAuthority() == null) {
            throw new IllegalArgumentException("not an http or https URL with a host");
        }
        var parts = AUTHORITY.matcher(uri.getRawAuthority());
        if (!parts.matches()) {
            throw new IllegalArgumentException("no host and port");
        }
        String written = parts.group(2);
        int port =
                written == null || written.isEmpty()
                        ? isSecure ? HTTPS_PORT : HTTP_PORT
                        : Integer.parseInt(written);
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("no port");
        }
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return new CallTarget(
                isSecure, parts.group(1), port, uri.getRawAuthority(), encoded(path + query));
    }

    /** Whether {@link #of} reads the URL. */
    public static boolean isOne(String url) {
        try {
            return of(url).port > 0;
        } catch (IllegalArgumentException invalid) {
            return false;
        }
    }

    /** Returns the host; an IPv6 address without brackets, as for sockets and certificates. */
    String bareHost() {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** Returns a URL from which {@link #of} makes the same target. */
    String url() {
        return (isSecure ? "https://" : "http://") + authority + pathAndQuery;
    }

    /**
     * Returns the part of the URL that messages may show, since path and query may hold secrets.
     */
    public String hostAndPort() {
        return host + ":" + port;
    }

    private static String encoded(String text) {
        var encoded = new StringBuilder(text.length());
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            if (each < 0) {
                encoded.append('%').append("%02X".formatted(each));
            } else {
                encoded.append((char) each);
            }
        }
        return encoded.toString();
    }
}
