package io.carillon.outgoing;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Settings of the addresses that jobs may connect to, besides public ones. */
@ConfigMapping(prefix = "carillon.outgoing")
interface OutgoingConfig {
    /** Whether loopback addresses are allowed: whatever listens on this machine. */
    @WithDefault("false")
    boolean allowLoopback();

    /** Whether private addresses are allowed: RFC 1918, unique local, carrier-grade NAT. */
    @WithDefault("false")
    boolean allowPrivate();

    /** Host names, or {@code *.} and a domain, whose addresses are allowed. */
    Optional<List<String>> allowedHosts();

    /** Networks such as {@code 10.1.0.0/16} whose addresses are allowed. */
    Optional<List<String>> allowedNetworks();

    /** Host names, by commas, that jobs of one namespace may call as well, by its name. */
    Map<String, String> allowedHostsOf();

    /** Networks, by commas, that jobs of one namespace may call as well, by its name. */
    Map<String, String> allowedNetworksOf();
}
