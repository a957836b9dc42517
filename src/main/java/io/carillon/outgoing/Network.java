package io.carillon.outgoing;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * A range of addresses in CIDR notation, such as {@code 10.0.0.0/8} or {@code fc00::/7}.
 *
 * @param prefix how many leading bits of an address must equal those of {@code first}
 */
public record Network(InetAddress first, int prefix) {
    private static final Pattern TEXT = Pattern.compile("([0-9a-fA-F.:]+)(?:/(\\d{1,3}))?");

    /**
     * Reads a network, or a single address.
     *
     * @throws IllegalArgumentException if it is neither, or has bits set after its prefix
     */
    public static Network of(String text) {
        var parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(text + " is not a network such as 10.0.0.0/8");
        }
        var first = Host.literal(parts.group(1));
        int bits = first.getAddress().length * 8;
        int prefix = parts.group(2) == null ? bits : Integer.parseInt(parts.group(2));
        if (prefix > bits) {
            throw new IllegalArgumentException(text + " has a prefix over " + bits);
        }
        var network = new Network(first, prefix);
        if (!network.masked(first.getAddress()).equals(first)) {
            throw new IllegalArgumentException(text + " has bits set after its prefix");
        }
        return network;
    }

    /** Whether the address is in the range; false for an address of the other family. */
    public boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == first.getAddress().length && masked(bytes).equals(first);
    }

    private InetAddress masked(byte[] bytes) {
        for (int bit = prefix; bit < bytes.length * 8; bit++) {
            bytes[bit / 8] &= (byte) ~(0x80 >> bit % 8);
        }
        return address(bytes);
    }

    /** Returns the address of four or sixteen bytes; an IPv4-mapped one becomes IPv4. */
    static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalArgumentException(impossible);
        }
    }
}
