package io.carillon.outgoing;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Decides which addresses jobs may connect to, and resolves names to these. Public addresses are
 * allowed; {@link OutgoingConfig} allows others; metadata addresses of clouds are never allowed. A
 * name is refused if any of its addresses is refused: honest names rarely have both kinds, and
 * which one a client uses is chance.
 */
@ApplicationScoped
public class OutgoingGuard {
    /** Names of metadata services; their addresses are refused as well. */
    private static final Set<String> METADATA_NAMES =
            Set.of(
                    "instance-data",
                    "instance-data.ec2.internal",
                    "metadata.azure.internal",
                    "metadata.goog",
                    "metadata.google.internal",
                    "metadata.platformequinix.com",
                    "metadata.tencentyun.com");

    /** The longest wait for DNS; an attempt's own timeout usually comes first. */
    private static final Duration LOOKUP = Duration.ofSeconds(30);

    /** How long a request that saves a job waits for DNS. */
    private static final Duration LOOKUP_AT_SAVE = Duration.ofSeconds(1);

    /**
     * For how long, after a lookup for such a request timed out, further requests do not wait for
     * DNS at all.
     */
    private static final long NO_WAIT_AFTER_FAILURE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final AddressKinds kinds = new AddressKinds();
    private final boolean allowsLoopback;
    private final boolean allowsPrivate;
    private final List<String> hosts;
    private final List<Network> networks;
    private final Lookups lookups;
    private volatile long lookupTimedOutNanos = System.nanoTime() - NO_WAIT_AFTER_FAILURE_NANOS;

    @Inject
    OutgoingGuard(OutgoingConfig config) {
        this(config, InetAddress::getAllByName);
    }

    OutgoingGuard(OutgoingConfig config, Lookup lookup) {
        this.allowsLoopback = config.allowLoopback();
        this.allowsPrivate = config.allowPrivate();
        this.hosts =
                config.allowedHosts().orElse(List.of()).stream()
                        .map(host -> host.strip().toLowerCase(Locale.ROOT))
                        .toList();
        this.networks =
                config.allowedNetworks().orElse(List.of()).stream()
                        .map(network -> Network.of(network.strip()))
                        .toList();
        this.lookups = new Lookups(lookup);
    }

    @PreDestroy
    void close() {
        lookups.close();
    }

    /**
     * Resolves a host once. Callers that connect to it must use the returned addresses. Blocks.
     *
     * @param host as in a URL, with an IPv6 address in brackets
     * @return every address, in the resolver's order; at least one
     * @throws AddressRefusedException if one of them may not be connected to
     * @throws UnknownHostException if it has none
     */
    public List<InetAddress> checkedAddresses(String host)
            throws UnknownHostException, InterruptedException {
        try {
            var addresses = addresses(host, LOOKUP);
            for (var address : addresses) {
                check(host, address);
            }
            return addresses;
        } catch (TimeoutException slow) {
            throw new UnknownHostException(host);
        }
    }

    /**
     * Explains why a host in a request to save a job would be refused, as far as this can be known
     * now: a name that cannot be resolved soon is not refused.
     *
     * @return a sentence; empty if there is no known reason
     */
    public Optional<String> refusal(String host) {
        boolean waitsForLookup =
                System.nanoTime() - lookupTimedOutNanos >= NO_WAIT_AFTER_FAILURE_NANOS;
        try {
            for (var address : addresses(host, waitsForLookup ? LOOKUP_AT_SAVE : Duration.ZERO)) {
                check(host, address);
            }
            return Optional.empty();
        } catch (AddressRefusedException refused) {
            return Optional.of(String.valueOf(refused.getMessage()));
        } catch (UnknownHostException notYet) {
            return Optional.empty();
        } catch (TimeoutException slow) {
            lookupTimedOutNanos = System.nanoTime();
            return Optional.empty();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /**
     * @param limit zero to skip the lookup: a name then has no addresses
     */
    private List<InetAddress> addresses(String text, Duration limit)
            throws UnknownHostException, InterruptedException, TimeoutException {
        Host host;
        try {
            host = Host.of(text);
        } catch (IllegalArgumentException disguised) {
            throw new AddressRefusedException(text + " is refused: " + disguised.getMessage());
        }
        return switch (host) {
            case Host.Literal literal -> List.of(literal.address());
            case Host.Name name -> {
                if (METADATA_NAMES.contains(name.text())) {
                    throw refused(text, AddressKind.METADATA);
                }
                yield limit.isZero() ? List.of() : lookups.addresses(name.text(), limit);
            }
        };
    }

    private void check(String host, InetAddress address) throws AddressRefusedException {
        var kind = kinds.of(address);
        boolean isAllowed =
                switch (kind) {
                    case PUBLIC -> true;
                    case METADATA, UNSPECIFIED, BROADCAST, MULTICAST -> false;
                    case LOOPBACK -> allowsLoopback || isExempt(host, address);
                    case PRIVATE, SHARED -> allowsPrivate || isExempt(host, address);
                    case LINK_LOCAL, DOCUMENTATION, BENCHMARK, RESERVED -> isExempt(host, address);
                };
        if (!isAllowed) {
            throw refused(host, kind);
        }
    }

    private boolean isExempt(String host, InetAddress address) {
        var end = kinds.carried(address);
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

    private static AddressRefusedException refused(String host, AddressKind kind) {
        return new AddressRefusedException(
                "%s leads to %s, %s"
                        .formatted(
                                host,
                                kind.words(),
                                kind.setting()
                                        .map(setting -> "which " + setting + " does not allow")
                                        .orElse("which no setting allows")));
    }
}
