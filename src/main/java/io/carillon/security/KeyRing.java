package io.carillon.security;

import io.carillon.database.DatabaseClock;
import io.carillon.database.Notifications;
import io.carillon.database.Topic;
import io.carillon.replica.Loop;
import io.carillon.replica.Loops;
import io.carillon.replica.StartOrder;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Holds all keys in memory, so that checking one costs no query, and follows their changes. Keys
 * stay valid while PostgreSQL is away.
 */
@ApplicationScoped
class KeyRing {
    /** The longest time until a revoked key is invalid on every replica. */
    private static final Duration POLL = Duration.ofMillis(500);

    /** How often the last uses are stored. */
    private static final Duration STORE_USES = Duration.ofSeconds(10);

    /** Compared with if the key does not exist, so that this takes the same time. */
    private static final String NO_HASH = "0".repeat(64);

    private final ApiKeyStore store;
    private final SecurityConfig config;
    private final DatabaseClock clock;
    private final Notifications notifications;
    private final Loops loops;
    private final Loop following;
    private final Map<String, ApiKey> byId = new ConcurrentHashMap<>();
    private final Map<String, Instant> used = new ConcurrentHashMap<>();

    /** The revision up to which changes were read; guarded by this. */
    private long seen;

    private Instant usesStoredAt = Instant.MIN;

    KeyRing(
            ApiKeyStore store,
            SecurityConfig config,
            DatabaseClock clock,
            Notifications notifications,
            Loops loops) {
        this.store = store;
        this.config = config;
        this.clock = clock;
        this.notifications = notifications;
        this.loops = loops;
        this.following = loops.background("keys", this::round);
    }

    void start(@Observes @Priority(StartOrder.KEYS) StartupEvent event) {
        if (config.enabled()) {
            notifications.on(Topic.KEY, nothing -> following.wake());
            loops.start(following);
        }
    }

    void stop(@Observes @Priority(StartOrder.LAST) ShutdownEvent event) {
        following.stop();
    }

    private Duration round() {
        follow();
        storeUses();
        return POLL;
    }

    /** Reads what has changed. */
    synchronized void follow() {
        for (var key : store.changedSince(seen)) {
            byId.put(key.id(), key);
            seen = key.revision();
        }
    }

    private void storeUses() {
        var now = clock.now();
        if (used.isEmpty() || now.isBefore(usesStoredAt.plus(STORE_USES))) {
            return;
        }
        var stored = new HashMap<>(used);
        store.used(stored);
        stored.forEach(used::remove);
        usesStoredAt = now;
    }

    /** Whether there is now a valid key that may do everything. */
    boolean hasAdmin() {
        var now = clock.now();
        return byId.values().stream().anyMatch(key -> key.isAdminOfAll() && key.isValid(now));
    }

    /** Returns the key of this text, if it is valid now. */
    Optional<ApiKey> find(String text) {
        var now = clock.now();
        var key = known(text).filter(found -> found.isValid(now));
        key.ifPresent(found -> used.put(found.id(), now));
        return key;
    }

    /** Returns the key of this text, if it is no longer valid. */
    Optional<ApiKey> former(String text) {
        var now = clock.now();
        return known(text).filter(found -> !found.isValid(now));
    }

    private Optional<ApiKey> known(String text) {
        String hash = KeyText.hash(text);
        var key = KeyText.id(text).map(byId::get);
        boolean isRight = KeyText.areEqual(key.map(ApiKey::hash).orElse(NO_HASH), hash);
        return isRight ? key : Optional.empty();
    }
}
