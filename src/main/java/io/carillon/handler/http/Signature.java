package io.carillon.handler.http;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signs a request as the Standard Webhooks specification says (standardwebhooks.com, version 1): an
 * HMAC with SHA-256 of the id, the time in seconds and the body, so that a receiver can tell our
 * calls from others' and refuses old ones.
 */
final class Signature {
    private static final String ALGORITHM = "HmacSHA256";

    /** Marks a secret that is base64, as the specification proposes. */
    private static final String BASE64_PREFIX = "whsec_";

    private Signature() {}

    /**
     * Returns the headers that sign a request.
     *
     * @param secret {@code whsec_} and base64, or else any text
     * @param id the same for every attempt
     * @param at when this attempt is made
     * @throws IllegalArgumentException if what follows {@code whsec_} is not base64
     */
    static Map<String, String> headers(
            String secret, String id, Instant at, byte @Nullable [] body) {
        String timestamp = Long.toString(at.getEpochSecond());
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key(secret), ALGORITHM));
            mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
            byte[] signature = mac.doFinal(body == null ? new byte[0] : body);
            return Map.of(
                    "webhook-id", id,
                    "webhook-timestamp", timestamp,
                    "webhook-signature", "v1," + Base64.getEncoder().encodeToString(signature));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] key(String secret) {
        if (!secret.startsWith(BASE64_PREFIX)) {
            return secret.getBytes(StandardCharsets.UTF_8);
        }
        try {
            return Base64.getDecoder().decode(secret.substring(BASE64_PREFIX.length()));
        } catch (IllegalArgumentException wrong) {
            // Its own message has a part of the secret.
            throw new IllegalArgumentException("the secret that signs is not base64 after whsec_");
        }
    }
}
