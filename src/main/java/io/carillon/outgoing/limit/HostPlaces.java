package io.carillon.outgoing.limit;

import io.carillon.database.SessionLocks;
import io.carillon.replica.StartOrder;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.LongStream;

/**
 * Gives out the places of hosts with a limit: advisory locks, on one session of this replica. All
 * but {@link #take} runs on the {@link HostThread}.
 */
@ApplicationScoped
class HostPlaces {
    /** How long an attempt waits for the answer, before it is held back. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Duration UNCOUNTED = Duration.ofSeconds(1);

    /** The keys of a host's places differ in the last bits: more than it may have. */
    private static final long KEYS = 1024;

    private final SessionLocks locks;
    private final HostThread thread;
    private final HostPaces paces = new HostPaces();

    /** The keys that are locked, by host, in the session of this number. */
    private final Map<String, Set<Long>> taken = new HashMap<>();

    private int session;

    HostPlaces(SessionLocks locks, HostThread thread) {
        this.locks = locks;
        this.thread = thread;
    }

    /** A place that was taken. */
    interface Place {
        Place NONE = () -> {};

        /** Frees it, soon. */
        void release();
    }

    void stop(@Observes @Priority(StartOrder.LAST) ShutdownEvent event) {
        thread.tell(locks::end);
    }

    /**
     * Takes one of a host's places.
     *
     * @param most how many it has
     * @throws HeldBackException if none is free, or PostgreSQL does not say
     */
    Place take(String host, int most) throws HeldBackException, InterruptedException {
        var asked = thread.ask(() -> tryTake(host, most));
        try {
            return asked.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .orElseThrow(() -> busy(host, most));
        } catch (InterruptedException givenUp) {
            var _ = asked.thenAccept(place -> place.ifPresent(Place::release));
            throw givenUp;
        } catch (ExecutionException | TimeoutException unknown) {
            var _ = asked.thenAccept(place -> place.ifPresent(Place::release));
            throw new HeldBackException(
                    HeldBackException.BUSY,
                    UNCOUNTED,
                    "PostgreSQL does not say how many calls %s has".formatted(host));
        }
    }

    private HeldBackException busy(String host, int most) {
        return new HeldBackException(
                HeldBackException.BUSY,
                paces.untilTurn(host, most),
                "%s has as many calls as it may have at once: %d".formatted(host, most));
    }

    private Optional<Place> tryTake(String host, int most) {
        forgetLostSession();
        var mine = taken.getOrDefault(host, Set.of());
        long first = firstKey(host);
        long[] free =
                LongStream.range(first, first + most).filter(key -> !mine.contains(key)).toArray();
        var key = free.length == 0 ? OptionalLong.empty() : locks.lockOneOf(free);
        return key.isEmpty() ? Optional.empty() : Optional.of(placeOf(host, key.getAsLong()));
    }

    private Place placeOf(String host, long key) {
        taken.computeIfAbsent(host, _ -> new HashSet<>()).add(key);
        int ofSession = session;
        long sinceNanos = System.nanoTime();
        return () -> {
            paces.ended(host, Duration.ofNanos(System.nanoTime() - sinceNanos));
            thread.tell(() -> free(host, key, ofSession));
        };
    }

    private void free(String host, long key, int ofSession) {
        forgetLostSession();
        if (ofSession != session) {
            return;
        }
        var mine = taken.getOrDefault(host, Set.of());
        mine.remove(key);
        if (mine.isEmpty()) {
            taken.remove(host);
        }
        locks.unlock(key);
    }

    private void forgetLostSession() {
        if (session != locks.session()) {
            session = locks.session();
            taken.clear();
        }
    }

    private static long firstKey(String host) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(("carillon.host " + host).getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong() & -KEYS;
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
