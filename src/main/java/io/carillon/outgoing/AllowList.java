package io.carillon.outgoing;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;

/**
 * Lists hosts and networks that are allowed in addition to public addresses.
 *
 * @param hosts names in lower case, or {@code *.} and a domain
 */
record AllowList(List<String> hosts, List<Network> networks) {
    /**
     * @throws IllegalArgumentException if one of the networks is none
     */
    static AllowList of(List<String> hosts, List<String> networks) {
        return new AllowList(
                hosts.stream()
                        .map(host -> host.strip().toLowerCase(Locale.ROOT))
                        .filter(host -> !host.isEmpty())
                        .toList(),
                networks.stream()
                        .map(String::strip)
                        .filter(network -> !network.isEmpty())
                        .map(Network::of)
                        .toList());
    }

    boolean isEmpty() {
        return hosts.isEmpty() && networks.isEmpty();
    }

    /**
     * Whether one of the host's addresses is allowed.
     *
     * @param end the IPv4 address that the address carries, or the address itself
     */
    boolean has(String host, InetAddress address, InetAddress end) {
        return networks.stream().anyMatch(each -> each.contains(address) || each.contains(end))
                || hosts.stream().anyMatch(each -> matches(each, bare(host)));
    }

    private static String bare(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    private static boolean matches(String allowed, String host) {
        return allowed.startsWith("*.")
                ? host.endsWith(allowed.substring(1))
                : host.equals(allowed);
    }
}
