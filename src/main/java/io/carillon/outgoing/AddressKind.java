package io.carillon.outgoing;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Classifies an address by the special-purpose registries of IANA (RFC 6890 and its updates). */
enum AddressKind {
    /**
     * A cloud's metadata service, which hands out the machine's credentials. It comes first, so it
     * wins over other kinds.
     */
    METADATA(
            "a metadata address of a cloud",
            null,
            "169.254.169.254",
            "169.254.170.2",
            "169.254.170.23",
            "169.254.42.42",
            "169.254.0.23",
            "168.63.129.16",
            "100.100.100.200",
            "192.0.0.192",
            "fd00:ec2::/32",
            "fd20:ce::254",
            "fd00:42::42",
            "fe80::a9fe:a9fe"),
    /** "This network": Linux connects to itself. */
    UNSPECIFIED("an unspecified address", null, "0.0.0.0/8", "::"),
    LOOPBACK("a loopback address", "carillon.outgoing.allow-loopback", "127.0.0.0/8", "::1"),
    PRIVATE(
            "a private address",
            "carillon.outgoing.allow-private",
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "fc00::/7",
            "fec0::/10"),
    SHARED("an address of carrier-grade NAT", "carillon.outgoing.allow-private", "100.64.0.0/10"),
    LINK_LOCAL("a link-local address", AddressKind.NETWORKS, "169.254.0.0/16", "fe80::/10"),
    DOCUMENTATION(
            "an address for documentation",
            AddressKind.NETWORKS,
            "192.0.2.0/24",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "2001:db8::/32",
            "3fff::/20"),
    BENCHMARK("an address for benchmarks", AddressKind.NETWORKS, "198.18.0.0/15", "2001:2::/48"),
    BROADCAST("the broadcast address", null, "255.255.255.255"),
    MULTICAST("a multicast address", null, "224.0.0.0/4", "ff00::/8"),
    /** Reserved, or part of a mechanism that hides where packets go, such as Teredo. */
    RESERVED(
            "a reserved address",
            AddressKind.NETWORKS,
            "192.0.0.0/24",
            "192.88.99.0/24",
            "240.0.0.0/4",
            "2001::/23"),
    PUBLIC("a public address", null);

    private static final String NETWORKS = "carillon.outgoing.allowed-networks";

    private final String words;
    private final @Nullable String setting;
    private final List<String> networks;

    AddressKind(String words, @Nullable String setting, String... networks) {
        this.words = words;
        this.setting = setting;
        this.networks = List.of(networks);
    }

    /** The kind with an article, for use in a sentence. */
    String words() {
        return words;
    }

    /** The setting that allows such addresses; empty if there is none, or none is needed. */
    Optional<String> setting() {
        return Optional.ofNullable(setting);
    }

    /** The networks in CIDR notation; empty for {@link #PUBLIC}. */
    List<String> networks() {
        return networks;
    }
}
