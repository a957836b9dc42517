package io.carillon.handler.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.carillon.database.DatabaseClock;
import io.carillon.handler.Outcome;
import io.carillon.handler.http.HttpAuthentication.Basic;
import io.carillon.handler.http.HttpAuthentication.ClientCredentials;
import io.carillon.handler.http.HttpAuthentication.ClientSecretIn;
import io.carillon.json.Json;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.URLEncoder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Asks providers for access tokens with client credentials (RFC 6749 §4.4), and keeps these until
 * shortly before they expire, in the memory of this replica. Attempts that need the same token at
 * the same time ask once.
 */
@ApplicationScoped
class AccessTokens {
    private static final int MOST_KEPT = 1000;

    /** How long before its expiry a token is no longer used; half its life if that is less. */
    private static final Duration MARGIN = Duration.ofSeconds(30);

    private static final Duration LONGEST = Duration.ofDays(1);

    /** The error codes of RFC 6749 §5.2 look like this; other text may repeat a secret. */
    private static final Pattern ERROR_CODE = Pattern.compile("[a-z_]{1,50}");

    private final HttpCalls calls;
    private final Json json;
    private final DatabaseClock clock;
    private final Cache<String, Kept> kept = Caffeine.newBuilder().maximumSize(MOST_KEPT).build();

    /** The token of one client, scope and audience. Whoever asks for it holds the lock. */
    private static final class Kept {
        private final ReentrantLock lock = new ReentrantLock();

        /** How often it was asked for. */
        private volatile long asked;

        private @Nullable String token;
        private long endsNanos;

        /** Why the last request gave none. */
        private Outcome.@Nullable Failure failure;

        private @Nullable String usable() {
            return endsNanos - System.nanoTime() > 0 ? token : null;
        }
    }

    private record Issued(String token, Duration life) {}

    AccessTokens(HttpCalls calls, Json json, DatabaseClock clock) {
        this.calls = calls;
        this.json = json;
        this.clock = clock;
    }

    /**
     * Returns the authorization of a call.
     *
     * @param namespace of the job
     * @throws TokenException if there is no token
     */
    Authorization of(HttpAuthentication authentication, String namespace)
            throws TokenException, InterruptedException {
        if (authentication.basic() instanceof Basic basic) {
            String encoded = base64(basic.user() + ":" + basic.password());
            return new Authorization("Basic " + encoded, null, Set.of(encoded));
        }
        return authentication.oidc() instanceof ClientCredentials client
                ? of(client, namespace)
                : bearer(String.valueOf(authentication.bearer()), null);
    }

    private Authorization of(ClientCredentials client, String namespace)
            throws TokenException, InterruptedException {
        String name = nameOf(client, namespace);
        var entry = kept.get(name, none -> new Kept());
        long before = entry.asked;
        entry.lock.lockInterruptibly();
        try {
            if (entry.usable() instanceof String token) {
                return bearer(token, name);
            }
            if (entry.asked != before && entry.failure != null) {
                // Whoever had the lock before has just been told.
                throw new TokenException(entry.failure);
            }
            return bearer(ask(client, namespace, entry), null);
        } finally {
            entry.lock.unlock();
        }
    }

    /** Drops a kept token that a target has refused. */
    void drop(String name) {
        kept.invalidate(name);
    }

    private static Authorization bearer(String token, @Nullable String keptAs) {
        return new Authorization("Bearer " + token, keptAs, Set.of(token));
    }

    private String ask(ClientCredentials client, String namespace, Kept entry)
            throws TokenException, InterruptedException {
        entry.asked++;
        entry.failure = null;
        try {
            var issued = issued(client, namespace);
            entry.token = issued.token;
            entry.endsNanos = System.nanoTime() + issued.life.toNanos();
            return issued.token;
        } catch (TokenException failed) {
            entry.failure = failed.outcome();
            throw failed;
        }
    }

    private Issued issued(ClientCredentials client, String namespace)
            throws TokenException, InterruptedException {
        var target = CallTarget.of(client.tokenUrl());
        Answer answer;
        try {
            answer = calls.send(requestOf(client, namespace, target));
        } catch (IOException failure) {
            var why = HttpFailures.of(failure, target);
            throw new TokenException(
                    why.isRetryable() ? unavailable(why.message()) : refused(why.message()));
        }
        int status = answer.status();
        String endpoint = "the token endpoint " + target.hostAndPort();
        if (status == 408 || status == 429 || status >= 500) {
            var failure = unavailable(endpoint + " answered " + status);
            throw new TokenException(
                    RetryAfter.parse(answer.header("Retry-After"), clock.now())
                            .map(failure::notBefore)
                            .orElse(failure));
        }
        var body = treeOf(answer);
        String token = body.path("access_token").asText("");
        if (status != 200 || token.isEmpty() || !HttpHeaderRules.allows("Authorization", token)) {
            throw new TokenException(
                    refused(endpoint + " answered " + status + " without a token" + error(body)));
        }
        if (!body.path("token_type").asText("Bearer").equalsIgnoreCase("Bearer")) {
            throw new TokenException(refused(endpoint + " gave a token that is no bearer's"));
        }
        return new Issued(token, lifeOf(body.path("expires_in").asLong(0)));
    }

    private static Outcome.Failure unavailable(String message) {
        return Outcome.failure("TOKEN_UNAVAILABLE", message);
    }

    private static Outcome.Failure refused(String message) {
        return Outcome.failure("TOKEN_REFUSED", message).notRetryable();
    }

    private static String error(JsonNode body) {
        String error = body.path("error").asText("");
        return ERROR_CODE.matcher(error).matches() ? ": " + error : "";
    }

    /** Without a lifetime, nobody knows how long a token may be kept. */
    private static Duration lifeOf(long expiresInSeconds) {
        var life = Duration.ofSeconds(Math.clamp(expiresInSeconds, 0, LONGEST.toSeconds()));
        var margin = life.dividedBy(2).compareTo(MARGIN) < 0 ? life.dividedBy(2) : MARGIN;
        return life.minus(margin);
    }

    private JsonNode treeOf(Answer answer) {
        try {
            return json.tree(answer.body().text());
        } catch (RuntimeException noJson) {
            return MissingNode.getInstance();
        }
    }

    private static Call requestOf(ClientCredentials client, String namespace, CallTarget target) {
        var headers = new HashMap<String, String>();
        headers.put("Accept", "application/json");
        headers.put("Content-Type", "application/x-www-form-urlencoded");
        headers.put("User-Agent", "Carillon");
        var form = new LinkedHashMap<String, String>();
        form.put("grant_type", "client_credentials");
        if (client.scope() != null) {
            form.put("scope", client.scope());
        }
        if (client.audience() != null) {
            form.put("audience", client.audience());
        }
        if (client.clientAuthentication() == ClientSecretIn.CLIENT_SECRET_POST) {
            form.put("client_id", client.clientId());
            form.put("client_secret", client.clientSecret());
        } else {
            // RFC 6749 §2.3.1: each is encoded as in a form first.
            headers.put(
                    "Authorization",
                    "Basic "
                            + base64(
                                    encoded(client.clientId())
                                            + ":"
                                            + encoded(client.clientSecret())));
        }
        String body =
                form.entrySet().stream()
                        .map(each -> each.getKey() + "=" + encoded(each.getValue()))
                        .collect(joining("&"));
        return new Call(namespace, target, "POST", headers, body.getBytes(UTF_8));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    /**
     * A digest, since whatever lies in memory for long should not be a secret more than needed.
     * With the namespace, since another may not be allowed to ask this provider.
     */
    private static String nameOf(ClientCredentials client, String namespace) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            String named = namespace + " " + client;
            return HexFormat.of().formatHex(digest.digest(named.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
