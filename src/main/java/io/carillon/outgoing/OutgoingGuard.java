package io.carillon.outgoing;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Decides which addresses jobs may connect to, and resolves names to these. Public addresses are
 * allowed; {@link OutgoingConfig} allows others, to all jobs or to those of one namespace; metadata
 * addresses of clouds are never allowed. A name is refused if any of its addresses is refused:
 * honest names rarely have both kinds, and which one a client uses is chance.
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
    private final AllowList ofAll;
    private final Map<String, AllowList> byNamespace;
    private final Lookups lookups;
    private volatile long lookupTimedOutNanos = System.nanoTime() - NO_WAIT_AFTER_FAILURE_NANOS;

    @Inject
    OutgoingGuard(OutgoingConfig config) {
        this(config, InetAddress::getAllByName);
    }

    OutgoingGuard(OutgoingConfig config, Lookup lookup) {
        this.allowsLoopback = config.allowLoopback();
        this.allowsPrivate = config.allowPrivate();
        this.ofAll =
                AllowList.of(
                        config.allowedHosts().orElse(List.of()),
                        config.allowedNetworks().orElse(List.of()));
        this.byNamespace = byNamespace(config);
        this.lookups = new Lookups(lookup);
    }

    private static Map<String, AllowList> byNamespace(OutgoingConfig config) {
        var hosts = config.allowedHostsOf();
        var networks = config.allowedNetworksOf();
        var namespaces = new HashSet<>(hosts.keySet());
        namespaces.addAll(networks.keySet());
        var lists = new HashMap<String, AllowList>();
        for (String namespace : namespaces) {
            var list =
                    AllowList.of(
                            List.of(hosts.getOrDefault(namespace, "").split(",")),
                            List.of(networks.getOrDefault(namespace, "").split(",")));
            if (!list.isEmpty()) {
                lists.put(namespace, list);
            }
        }
        return Map.copyOf(lists);
    }

    @PreDestroy
    void close() {
        lookups.close();
    }

    /**
     * Resolves a host once. Callers that connect to it must use the returned addresses. Blocks.
     *
     * @param host as in a URL, with an IPv6 address in brackets
     * @param namespace of the job that connects
     * @return every address, in the resolver's order; at least one
     * @throws AddressRefusedException if one of them may not be connected to
     * @throws UnknownHostException if it has none
     */
    public List<InetAddress> checkedAddresses(String host, String namespace)
            throws UnknownHostException, InterruptedException {
        try {
            var addresses = addresses(host, LOOKUP);
            for (var address : addresses) {
                check(host, address, namespace);
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
     * @param namespace of the job
     * @return a sentence; empty if there is no known reason
     */
    public Optional<String> refusal(String host, String namespace) {
        boolean waitsForLookup =
                System.nanoTime() - lookupTimedOutNanos >= NO_WAIT_AFTER_FAILURE_NANOS;
        try {
            for (var address : addresses(host, waitsForLookup ? LOOKUP_AT_SAVE : Duration.ZERO)) {
                check(host, address, namespace);
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
     * Whether jobs of this namespace may connect to what others may not. Then they must not share
     * connections with others.
     */
    public boolean hasListOf(String namespace) {
        return byNamespace.containsKey(namespace);
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

    private void check(String host, InetAddress address, String namespace)
            throws AddressRefusedException {
        var kind = kinds.of(address);
        boolean isAllowed =
                switch (kind) {
                    case PUBLIC -> true;
                    case METADATA, UNSPECIFIED, BROADCAST, MULTICAST -> false;
                    case LOOPBACK -> allowsLoopback || isExempt(host, address, namespace);
                    case PRIVATE, SHARED -> allowsPrivate || isExempt(host, address, namespace);
                    case LINK_LOCAL, DOCUMENTATION, BENCHMARK, RESERVED ->
                            isExempt(host, address, namespace);
                };
        if (!isAllowed) {
            throw refused(host, kind);
        }
    }

    private boolean isExempt(String host, InetAddress address, String namespace) {
        var end = kinds.carried(address);
        var own = byNamespace.get(namespace);
        return ofAll.has(host, address, end) || own != null && own.has(host, address, end);
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
