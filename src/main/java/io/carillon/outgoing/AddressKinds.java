package io.carillon.outgoing;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the kind of an address. An IPv6 address that carries an IPv4 address (NAT64, 6to4,
 * IPv4-compatible, ISATAP) has the kind of that IPv4 address, since its packets go there.
 *
 * <p>No static field holds an address: native executables initialise classes when they are built,
 * and cannot keep one.
 */
final class AddressKinds {
    private final Map<AddressKind, List<Network>> networks = new EnumMap<>(AddressKind.class);
    private final Network globalUnicast = Network.of("2000::/3");
    private final Network sixToFour = Network.of("2002::/16");

    /** IPv6 networks whose addresses carry an IPv4 address in their last four bytes. */
    private final List<Network> carriers =
            List.of(Network.of("64:ff9b::/96"), Network.of("::ffff:0:0:0/96"), Network.of("::/96"));

    AddressKinds() {
        for (var kind : AddressKind.values()) {
            networks.put(kind, kind.networks().stream().map(Network::of).toList());
        }
    }

    AddressKind of(InetAddress address) {
        var end = carried(address);
        for (var kind : AddressKind.values()) {
            if (is(kind, end)) {
                return kind;
            }
        }
        return end instanceof Inet6Address && !globalUnicast.contains(end)
                ? AddressKind.RESERVED
                : AddressKind.PUBLIC;
    }

    /** Returns the IPv4 address that an IPv6 address carries, or the address itself. */
    InetAddress carried(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (!(address instanceof Inet6Address)
                || is(AddressKind.LOOPBACK, address)
                || is(AddressKind.UNSPECIFIED, address)) {
            return address;
        }
        if (sixToFour.contains(address)) {
            return Network.address(Arrays.copyOfRange(bytes, 2, 6));
        }
        return isIsatap(bytes) || carriers.stream().anyMatch(each -> each.contains(address))
                ? Network.address(Arrays.copyOfRange(bytes, 12, 16))
                : address;
    }

    private boolean is(AddressKind kind, InetAddress address) {
        return networks.getOrDefault(kind, List.of()).stream()
                .anyMatch(network -> network.contains(address));
    }

    /** RFC 5214 §6.1: an interface identifier of {@code 0:5efe} or {@code 200:5efe} and IPv4. */
    private static boolean isIsatap(byte[] bytes) {
        return (bytes[8] & ~2) == 0
                && bytes[9] == 0
                && bytes[10] == 0x5e
                && bytes[11] == (byte) 0xfe;
    }
}
