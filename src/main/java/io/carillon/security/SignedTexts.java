package io.carillon.security;

import io.carillon.database.DatabaseClock;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * Makes texts that only we can have made, and that expire: JSON Web Tokens with HMAC-SHA-256, under
 * a key that is derived from the secret of our client at the issuer (PBKDF2, RFC 8018). All
 * replicas have it from their configuration; whoever reads the database does not.
 */
@ApplicationScoped
public class SignedTexts {
    /** So that guessing the secret by a text takes long, although everybody may begin a sign-in. */
    private static final int ITERATIONS = 600_000;

    private static final int KEY_BITS = 256;
    private static final AlgorithmConstraints ALGORITHMS =
            new AlgorithmConstraints(
                    AlgorithmConstraints.ConstraintType.PERMIT, AlgorithmIdentifiers.HMAC_SHA256);

    private final LongSupplier millis;

    /** Null: no client is configured. */
    private final @Nullable Key key;

    @Inject
    SignedTexts(OidcConfig config, DatabaseClock clock) {
        this(config, clock::millis);
    }

    SignedTexts(OidcConfig config, LongSupplier millis) {
        this.millis = millis;
        this.key =
                config.clientId().isPresent() && config.clientSecret().isPresent()
                        ? derived(config)
                        : null;
    }

    /** For this client of this issuer alone: another one ends what this one began. */
    private static Key derived(OidcConfig config) {
        String client = config.issuer().orElse("") + " " + config.clientId().orElse("");
        var secret = config.clientSecret().orElse("").toCharArray();
        try {
            var spec =
                    new PBEKeySpec(
                            secret, client.getBytes(StandardCharsets.UTF_8), ITERATIONS, KEY_BITS);
            return new HmacKey(
                    SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                            .generateSecret(spec)
                            .getEncoded());
        } catch (GeneralSecurityException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    /**
     * Signs values.
     *
     * @param purpose the only one for which the text can be read
     * @throws IllegalStateException if no client is configured
     */
    public String sign(String purpose, Duration life, Map<String, ?> values) {
        if (key == null) {
            throw new IllegalStateException("no client is configured");
        }
        var claims = new JwtClaims();
        values.forEach(claims::setClaim);
        claims.setAudience(purpose);
        claims.setExpirationTime(
                NumericDate.fromMilliseconds(millis.getAsLong() + life.toMillis()));
        var signed = new JsonWebSignature();
        signed.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
        signed.setKey(key);
        signed.setPayload(claims.toJson());
        try {
            return signed.getCompactSerialization();
        } catch (JoseException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Returns the values of a text that was signed for a purpose and has not expired. */
    public Optional<Map<String, Object>> read(String purpose, String text) {
        if (key == null) {
            return Optional.empty();
        }
        try {
            var claims =
                    new JwtConsumerBuilder()
                            .setRequireExpirationTime()
                            .setEvaluationTime(NumericDate.fromMilliseconds(millis.getAsLong()))
                            .setExpectedAudience(purpose)
                            .setJwsAlgorithmConstraints(ALGORITHMS)
                            .setVerificationKey(key)
                            .build()
                            .processToClaims(text);
            return Optional.of(claims.getClaimsMap());
        } catch (InvalidJwtException notOurs) {
            return Optional.empty();
        }
    }
}
