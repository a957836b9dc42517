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
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
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
 * a key that is derived from the secret of our client at the issuer. All replicas have it from
 * their configuration; whoever reads the database does not.
 */
@ApplicationScoped
public class SignedTexts {
    private static final String KEY_PURPOSE = "carillon signed texts";
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
        this.key = config.clientSecret().map(SignedTexts::derived).orElse(null);
    }

    private static Key derived(String secret) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return new HmacKey(mac.doFinal(KEY_PURPOSE.getBytes(StandardCharsets.UTF_8)));
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
            throw new IllegalStateException("carillon.oidc.client-secret is not set");
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
