package io.carillon.security;

import io.carillon.database.DatabaseClock;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.security.Key;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.lang.UnresolvableKeyException;

/**
 * Identifies callers by tokens of another service: JSON Web Tokens (RFC 7519) that are signed by
 * one of the issuer's keys, are for us and have not expired. What they may do follows from their
 * claims.
 */
@ApplicationScoped
public class Tokens {
    /** Before the names of such callers. */
    static final String CALLER = "oidc:";

    private static final int SKEW_SECONDS = 30;
    private static final int LONGEST = 16 * 1024;

    /** Signatures by public keys alone: a key that is published must not also be a secret. */
    private static final AlgorithmConstraints ALGORITHMS =
            new AlgorithmConstraints(
                    AlgorithmConstraints.ConstraintType.PERMIT,
                    AlgorithmIdentifiers.RSA_USING_SHA256,
                    AlgorithmIdentifiers.RSA_USING_SHA384,
                    AlgorithmIdentifiers.RSA_USING_SHA512,
                    AlgorithmIdentifiers.RSA_PSS_USING_SHA256,
                    AlgorithmIdentifiers.RSA_PSS_USING_SHA384,
                    AlgorithmIdentifiers.RSA_PSS_USING_SHA512,
                    AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
                    AlgorithmIdentifiers.ECDSA_USING_P384_CURVE_AND_SHA384,
                    AlgorithmIdentifiers.ECDSA_USING_P521_CURVE_AND_SHA512,
                    AlgorithmIdentifiers.EDDSA);

    private final OidcConfig config;
    private final TokenKeys keys;
    private final DatabaseClock clock;
    private final List<TokenGrant> grants;

    Tokens(OidcConfig config, TokenKeys keys, DatabaseClock clock) {
        this.config = config;
        this.keys = keys;
        this.clock = clock;
        this.grants = config.grants().values().stream().map(TokenGrant::of).toList();
    }

    /** Whether a text could be a token: a key of ours has no dots. */
    boolean areLike(String text) {
        return config.issuer().isPresent()
                && config.audience().isPresent()
                && text.length() <= LONGEST
                && text.chars().filter(each -> each == '.').count() == 2;
    }

    /** Returns the caller of a token, if it is good. */
    Optional<Caller> find(String token) {
        try {
            var claims = claims(token, config.audience().orElseThrow());
            return Optional.of(
                    new Caller(
                            CALLER + name(claims),
                            grants.stream()
                                    .filter(each -> each.isOf(claims))
                                    .map(TokenGrant::grant)
                                    .toList()));
        } catch (InvalidJwtException | IllegalArgumentException bad) {
            return Optional.empty();
        }
    }

    /**
     * Returns the claims of an ID token that was issued to our client for a sign-in (OpenID Connect
     * Core 1.0 §3.1.3.7).
     *
     * @param nonce as in the request for the sign-in
     * @throws IOException if it is not good, or for another client or sign-in; the message repeats
     *     nothing of it
     */
    public Map<String, Object> claimsOfIdToken(String token, String nonce) throws IOException {
        String client = config.clientId().orElseThrow();
        Map<String, Object> claims;
        try {
            claims = claims(token, client);
        } catch (InvalidJwtException bad) {
            throw new IOException("its ID token is not good: " + reason(bad));
        }
        if (!nonce.equals(claims.get("nonce"))) {
            throw new IOException("its ID token is of another sign-in");
        }
        if (claims.containsKey("azp") && !client.equals(claims.get("azp"))) {
            throw new IOException("its ID token is for another client");
        }
        return claims;
    }

    /** The library's messages hold the token, or all of its claims. */
    private static String reason(InvalidJwtException bad) {
        if (bad.hasExpired()) {
            return "it has expired";
        }
        if (bad.hasErrorCode(ErrorCodes.AUDIENCE_INVALID)) {
            return "it is for another client";
        }
        if (bad.hasErrorCode(ErrorCodes.ISSUER_INVALID)) {
            return "it is of another issuer";
        }
        return bad.hasErrorCode(ErrorCodes.SIGNATURE_INVALID)
                ? "its signature is wrong"
                : "no key of the issuer fits, or it is no such token";
    }

    private Map<String, Object> claims(String token, String audience) throws InvalidJwtException {
        return new JwtConsumerBuilder()
                .setRequireExpirationTime()
                .setAllowedClockSkewInSeconds(SKEW_SECONDS)
                .setEvaluationTime(NumericDate.fromMilliseconds(clock.now().toEpochMilli()))
                .setExpectedIssuer(config.issuer().orElseThrow())
                .setExpectedAudience(audience)
                .setJwsAlgorithmConstraints(ALGORITHMS)
                .setVerificationKeyResolver((signature, nested) -> key(signature))
                .build()
                .processToClaims(token)
                .getClaimsMap();
    }

    private Key key(JsonWebSignature signature) throws UnresolvableKeyException {
        return keys.find(signature.getKeyIdHeaderValue())
                .orElseThrow(() -> new UnresolvableKeyException("no such key"));
    }

    /** Returns the grants that are configured. */
    List<TokenGrant> grants() {
        return grants;
    }

    /** Returns the name of whoever has these claims, of at most 200 characters. */
    String name(Map<String, Object> claims) {
        var named = claims.get(config.nameClaim());
        var known = named == null ? claims.get("sub") : named;
        String text = known == null ? "nobody" : known.toString().replaceAll("\\p{Cntrl}", " ");
        return text.length() > 200 ? text.substring(0, 200) : text;
    }
}
