package io.carillon.security;

import io.quarkus.logging.Log;
import io.vertx.core.Context;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.security.Key;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * Holds the public keys of the issuer of tokens, by their ids. They are read when a token names one
 * that is not known, at most every ten seconds, and anew in the background after five minutes.
 * While the issuer is away, those that are known go on being used.
 */
@ApplicationScoped
class TokenKeys {
    private static final long FRESH_NANOS = Duration.ofMinutes(5).toNanos();
    private static final long PAUSE_NANOS = Duration.ofSeconds(10).toNanos();

    private final OidcConfig config;
    private final Issuer issuer;
    private final LongSupplier nanoTime;
    private final ReentrantLock reading = new ReentrantLock();

    private volatile Map<String, Key> known = Map.of();
    private volatile @Nullable Long triedNanos;

    @Inject
    TokenKeys(OidcConfig config, Issuer issuer) {
        this(config, issuer, System::nanoTime);
    }

    TokenKeys(OidcConfig config, Issuer issuer, LongSupplier nanoTime) {
        this.config = config;
        this.issuer = issuer;
        this.nanoTime = nanoTime;
    }

    /**
     * Returns the key of an id; empty if the issuer has none, or cannot be asked.
     *
     * @param id null for a token that names none, which an issuer with a single key may do
     */
    Optional<Key> find(@Nullable String id) {
        var key = knownKey(id);
        if (key == null && isTriedBefore(PAUSE_NANOS) && !Context.isOnEventLoopThread()) {
            read(PAUSE_NANOS);
            key = knownKey(id);
        } else if (key != null && isTriedBefore(FRESH_NANOS) && !reading.isLocked()) {
            var unused = Thread.ofVirtual().start(() -> read(FRESH_NANOS));
        }
        return Optional.ofNullable(key);
    }

    private @Nullable Key knownKey(@Nullable String id) {
        var keys = known;
        if (id != null) {
            return keys.get(id);
        }
        return keys.size() == 1 ? keys.values().iterator().next() : null;
    }

    private boolean isTriedBefore(long nanos) {
        Long tried = triedNanos;
        return tried == null || nanoTime.getAsLong() - tried >= nanos;
    }

    /** Those who come meanwhile wait for this one. */
    private void read(long unlessTriedWithinNanos) {
        reading.lock();
        try {
            if (isTriedBefore(unlessTriedWithinNanos)) {
                known = keys(issuer.get(url()));
                triedNanos = nanoTime.getAsLong();
            }
        } catch (IOException | JoseException | RuntimeException failure) {
            // Whatever an issuer answers, a request by another key must not fail.
            triedNanos = nanoTime.getAsLong();
            Log.warnf(
                    "keys of the issuer of tokens not read issuer=%s: %s",
                    config.issuer().orElse(""), failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            reading.unlock();
        }
    }

    private String url() throws IOException, InterruptedException {
        return config.jwksUrl().isPresent()
                ? config.jwksUrl().get()
                : Issuer.url(issuer.document(), "jwks_uri");
    }

    /** Keys that this version cannot use are passed over. */
    private static Map<String, Key> keys(String document) throws JoseException {
        var keys = new HashMap<String, Key>();
        for (var each : new JsonWebKeySet(document).getJsonWebKeys()) {
            if (each instanceof PublicJsonWebKey key && !"enc".equals(key.getUse())) {
                keys.put(Objects.requireNonNullElse(key.getKeyId(), ""), key.getPublicKey());
            }
        }
        return Map.copyOf(keys);
    }
}
