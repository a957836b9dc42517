package io.carillon.callback;

import io.carillon.database.Database;
import io.carillon.database.DatabaseException;
import io.carillon.replica.StartOrder;
import io.quarkus.logging.Log;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.intellij.lang.annotations.Language;
import org.jspecify.annotations.Nullable;

/**
 * Makes and reads the URLs of callbacks. A URL ends in a token: what it is about, and the first 128
 * bits of an HMAC-SHA-256 (RFC 2104, truncated as its section 5 allows) of that under a key that
 * all replicas share. So any replica can check it, and nothing is stored for it.
 */
@ApplicationScoped
public class Callbacks {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int MAC_BYTES = 16;
    private static final int ID_BYTES = 16;

    @Language("SQL")
    private static final String KEY = "select key from callback_key";

    private final Database database;
    private final Optional<String> root;
    private volatile @Nullable SecretKeySpec key;

    /** The purpose of a URL; the tokens of one purpose are void for the other. */
    private enum Purpose {
        ATTEMPT("callbacks", ID_BYTES + Long.BYTES),
        HEARTBEAT("heartbeats", ID_BYTES);

        private final String path;
        private final int bytes;

        Purpose(String path, int bytes) {
            this.path = path;
            this.bytes = bytes;
        }
    }

    /** An attempt of an execution: the one that the claim with this epoch began. */
    public record Attempt(UUID executionId, long epoch) {}

    Callbacks(Database database, CallbackConfig config) {
        this.database = database;
        this.root = config.baseUrl().map(url -> url.replaceFirst("/+$", "") + "/api/v1/");
    }

    /**
     * Reads the key, so that no attempt fails because PostgreSQL is away later. A replica may start
     * while it is away; the key is then read when it is first needed.
     */
    void start(@Observes @Priority(StartOrder.KEYS) StartupEvent event) {
        try {
            var unused = key();
        } catch (DatabaseException away) {
            Log.infof("key of callbacks not read yet: %s", away.getMessage());
        }
    }

    /** Whether there are any: it is configured where targets reach this service. */
    public boolean areOn() {
        return root.isPresent();
    }

    /** Says why there are none, and what to do. */
    public String absence() {
        return "needs carillon.callbacks.base-url, the address under which others reach this service";
    }

    /** Returns the URL that tells about an attempt; empty if there are no callbacks. */
    public Optional<String> ofAttempt(UUID executionId, long epoch) {
        return url(
                Purpose.ATTEMPT,
                ByteBuffer.allocate(Purpose.ATTEMPT.bytes)
                        .putLong(executionId.getMostSignificantBits())
                        .putLong(executionId.getLeastSignificantBits())
                        .putLong(epoch)
                        .array());
    }

    /** Returns the URL that is the heartbeat of a job; empty if there are no callbacks. */
    public Optional<String> ofHeartbeat(UUID jobId) {
        return url(
                Purpose.HEARTBEAT,
                ByteBuffer.allocate(Purpose.HEARTBEAT.bytes)
                        .putLong(jobId.getMostSignificantBits())
                        .putLong(jobId.getLeastSignificantBits())
                        .array());
    }

    /** Returns the attempt that a token is about; empty if it is not genuine. */
    public Optional<Attempt> attempt(String token) {
        return subject(Purpose.ATTEMPT, token)
                .map(subject -> new Attempt(idOf(subject), subject.getLong()));
    }

    /** Returns the job whose heartbeat a token is; empty if it is not genuine. */
    public Optional<UUID> jobOfHeartbeat(String token) {
        return subject(Purpose.HEARTBEAT, token).map(Callbacks::idOf);
    }

    private static UUID idOf(ByteBuffer subject) {
        return new UUID(subject.getLong(), subject.getLong());
    }

    private Optional<String> url(Purpose purpose, byte[] subject) {
        return root.map(
                url ->
                        url
                                + purpose.path
                                + "/"
                                + Base64.getUrlEncoder()
                                        .withoutPadding()
                                        .encodeToString(
                                                ByteBuffer.allocate(subject.length + MAC_BYTES)
                                                        .put(subject)
                                                        .put(mac(purpose, subject))
                                                        .array()));
    }

    private Optional<ByteBuffer> subject(Purpose purpose, String token) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(token);
        } catch (IllegalArgumentException noToken) {
            return Optional.empty();
        }
        if (bytes.length != purpose.bytes + MAC_BYTES) {
            return Optional.empty();
        }
        byte[] subject = Arrays.copyOf(bytes, purpose.bytes);
        byte[] given = Arrays.copyOfRange(bytes, purpose.bytes, bytes.length);
        return MessageDigest.isEqual(mac(purpose, subject), given)
                ? Optional.of(ByteBuffer.wrap(subject))
                : Optional.empty();
    }

    private byte[] mac(Purpose purpose, byte[] subject) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(key());
            mac.update(purpose.path.getBytes(StandardCharsets.US_ASCII));
            return Arrays.copyOf(mac.doFinal(subject), MAC_BYTES);
        } catch (GeneralSecurityException absent) {
            // Every JDK has it.
            throw new IllegalStateException(absent);
        }
    }

    private SecretKeySpec key() {
        var known = key;
        if (known == null) {
            known =
                    database.with(
                            KEY,
                            statement -> {
                                try (var row = statement.executeQuery()) {
                                    row.next();
                                    return new SecretKeySpec(row.getBytes(1), ALGORITHM);
                                }
                            });
            key = known;
        }
        return known;
    }
}
