package io.carillon.outgoing.limit;

import io.carillon.replica.StartOrder;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;

/** Lets a call through, or has its execution held back, by the limits of its host. */
@ApplicationScoped
public class HostLimits {
    private static final int DIGEST_BYTES = 16;

    private final List<HostLimit> limits;
    private final HostPlaces places;
    private final HostPauses pauses;
    private final MeterRegistry registry;

    HostLimits(LimitsConfig config, HostPlaces places, HostPauses pauses, MeterRegistry registry) {
        this.limits =
                new TreeMap<>(config.limits())
                        .values().stream()
                                .map(HostLimit::of)
                                .sorted(Comparator.comparing(HostLimit::exactness).reversed())
                                .toList();
        this.places = places;
        this.pauses = pauses;
        this.registry = registry;
        Gauge.builder("carillon.hosts.paused", pauses, each -> (double) each.count())
                .description("Hosts that are not called for a while, because calls of them failed")
                .register(registry);
        heldBack(HeldBackException.BUSY);
        heldBack(HeldBackException.PAUSED);
    }

    void start(@Observes @Priority(StartOrder.WORKER) StartupEvent event) {
        if (limits.stream().anyMatch(each -> each.pauseAfter() != null)) {
            pauses.start();
        }
    }

    /**
     * Lets a call begin.
     *
     * @param host a name or an address, as in a URL
     * @param isSecret whether the host must not be stored or logged in clear
     * @throws HeldBackException if it may not begin now
     */
    public HostTurn enter(String host, int port, boolean isSecret)
            throws HeldBackException, InterruptedException {
        if (limits.isEmpty()) {
            return HostTurn.FREE;
        }
        String name = host.toLowerCase(Locale.ROOT);
        if (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1);
        }
        var limit = limitOf(name);
        if (limit.isEmpty()) {
            return HostTurn.FREE;
        }
        try {
            String key = name + ":" + port;
            return enter(isSecret ? "secret-" + digest(key) : key, limit.get());
        } catch (HeldBackException held) {
            heldBack(held.code()).increment();
            throw held;
        }
    }

    private HostTurn enter(String host, HostLimit limit)
            throws HeldBackException, InterruptedException {
        var watch = limit.pauseAfter() == null ? HostPauses.UNWATCHED : pauses.enter(host, limit);
        try {
            var place =
                    limit.concurrent() instanceof Integer most
                            ? places.take(host, most)
                            : HostPlaces.Place.NONE;
            return new HostTurn.Limited(place, watch);
        } catch (HeldBackException | InterruptedException | RuntimeException | Error none) {
            watch.ended(HostTurn.End.UNKNOWN, "");
            throw none;
        }
    }

    private static String digest(String key) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(key.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private Optional<HostLimit> limitOf(String host) {
        return limits.stream().filter(each -> each.isFor(host)).findFirst();
    }

    private Counter heldBack(String code) {
        return Counter.builder("carillon.calls.held.back")
                .description("Calls that had to wait for the limits of their host")
                .tag("code", code)
                .register(registry);
    }
}
