package io.carillon.outgoing;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Locale;
import java.util.regex.Pattern;

/** Reads a host from a URL: an address, or a name that has to be resolved. */
sealed interface Host {
    /** An address; nothing has to be resolved. */
    record Literal(InetAddress address) implements Host {}

    /** A name in lower case, without a trailing dot. */
    record Name(String text) implements Host {}

    /** RFC 1123, and the underscore that container networks have in names. */
    Pattern NAME =
            Pattern.compile(
                    "(?=.{1,254}$)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\\.[a-z0-9_][a-z0-9_-]{0,62})*\\.?");

    /** Matches hosts whose last label is a number: some programs read these as IPv4 addresses. */
    Pattern ENDS_IN_NUMBER = Pattern.compile("(?:.*\\.)?(?:\\d+|0x[0-9a-f]*)\\.?");

    Pattern DOTTED_QUAD =
            Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}");

    /**
     * Reads a host; an IPv6 address is in brackets.
     *
     * @throws IllegalArgumentException if it is not a host, or an address in an unusual form
     *     (octal, hexadecimal, short, with a zone): programs do not agree on what these mean
     */
    static Host of(String text) {
        String host = text.toLowerCase(Locale.ROOT);
        if (host.startsWith("[") && host.endsWith("]")) {
            return new Literal(ipv6(host.substring(1, host.length() - 1)));
        }
        if (DOTTED_QUAD.matcher(host).matches()) {
            return new Literal(InetAddress.ofLiteral(host));
        }
        if (ENDS_IN_NUMBER.matcher(host).matches()) {
            throw new IllegalArgumentException(
                    "an IPv4 address must be written as four decimal numbers");
        }
        if (!NAME.matcher(host).matches()) {
            throw new IllegalArgumentException("not a host name that can be resolved");
        }
        return new Name(host.endsWith(".") ? host.substring(0, host.length() - 1) : host);
    }

    /**
     * Reads an address without brackets.
     *
     * @throws IllegalArgumentException if it is not an address in the usual form
     */
    static InetAddress literal(String text) {
        return text.contains(":")
                ? ipv6(text.toLowerCase(Locale.ROOT))
                : DOTTED_QUAD.matcher(text).matches() ? InetAddress.ofLiteral(text) : noAddress();
    }

    private static InetAddress ipv6(String text) {
        if (!text.matches("[0-9a-f:.]+")) {
            return noAddress();
        }
        // Java returns an IPv4-mapped address as IPv4, so it is treated as IPv4.
        return Inet6Address.ofLiteral(text);
    }

    private static InetAddress noAddress() {
        throw new IllegalArgumentException("not an address that can be connected to");
    }
}
