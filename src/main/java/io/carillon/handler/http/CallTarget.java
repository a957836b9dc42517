package io.carillon.handler.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Where a URL leads. Hosts with an underscore are allowed, which {@link URI} does not know; path
 * and query are sent as they are written, with what is not ASCII percent-encoded and nothing
 * normalised.
 *
 * @param host an IPv6 address in brackets
 * @param authority host and port as written, for the header {@code Host}
 * @param pathAndQuery what the request line has
 */
public record CallTarget(
        boolean isSecure, String host, int port, String authority, String pathAndQuery) {
    private static final Pattern AUTHORITY =
            Pattern.compile("(\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9._-]+)(?::(\\d{0,5}))?");
    private static final int MAX_PORT = 65_535;
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    /**
     * @throws IllegalArgumentException if it is no absolute http or https URL with a host and
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
            throw new IllegalArgumentException("no http or https URL with a host");
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

    /** Of an IPv6 address without brackets, as sockets and certificates have it. */
    String bareHost() {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** Of which {@link #of} makes the same. */
    String url() {
        return (isSecure ? "https://" : "http://") + authority + pathAndQuery;
    }

    /** Returns all that messages name of the URL, since path and query may hold secrets. */
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
