package io.carillon.security;

import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Identifies the caller of a request from its headers, without a query to the database. */
@ApplicationScoped
public class Authentication {
    /** The cookie of pages, with the key that was pasted into the form, or with a session. */
    public static final String COOKIE = "carillon-key";

    private static final String BEARER = "bearer ";
    private static final int SHORTEST_CONFIGURED_KEY = 32;
    private static final Caller CONFIGURED = Caller.everything("configured admin key");

    private final SecurityConfig config;
    private final KeyRing keys;
    private final Tokens tokens;
    private final Sessions sessions;
    private final @Nullable String configuredHash;

    Authentication(SecurityConfig config, KeyRing keys, Tokens tokens, Sessions sessions) {
        this.config = config;
        this.keys = keys;
        this.tokens = tokens;
        this.sessions = sessions;
        this.configuredHash =
                config.adminKeyFile()
                        .map(Authentication::hashOf)
                        .or(() -> config.adminKeyHash().map(hash -> hash.toLowerCase(Locale.ROOT)))
                        .orElse(null);
    }

    private static String hashOf(String file) {
        String key;
        try {
            key = Files.readString(Path.of(file)).strip();
        } catch (IOException unreadable) {
            throw new ConfigurationException(
                    "carillon.security.admin-key-file, %s, cannot be read: %s"
                            .formatted(file, unreadable));
        }
        if (key.length() < SHORTEST_CONFIGURED_KEY) {
            throw new ConfigurationException(
                    "carillon.security.admin-key-file, %s, must hold a key of %d characters or more."
                            .formatted(file, SHORTEST_CONFIGURED_KEY));
        }
        return KeyText.hash(key);
    }

    /** Whether requests need a key. */
    boolean isRequired() {
        return config.enabled();
    }

    /** Whether a key is configured. */
    boolean hasConfiguredKey() {
        return configuredHash != null;
    }

    /**
     * Returns the caller of a request.
     *
     * @param header gives the request's header of a name; null if there is none
     * @param cookie the value of {@link #COOKIE}; null if there is none
     * @throws ProblemException 401 if the request has no key, or an invalid one
     */
    Caller caller(Function<String, @Nullable String> header, @Nullable String cookie) {
        if (!config.enabled()) {
            return Caller.ANYBODY;
        }
        String sent = text(header.apply("Authorization"), header.apply("X-Api-Key"), null);
        String text = sent == null ? cookie : sent;
        if (text == null) {
            throw unauthenticated(
                    "This needs an API key: Authorization: Bearer <key>, or X-Api-Key: <key>.");
        }
        var session = sent == null ? sessions.find(text) : Optional.<Caller>empty();
        return session.or(() -> find(text))
                .orElseThrow(
                        () ->
                                unauthenticated(
                                        "The API key or token is unknown or no longer valid."));
    }

    /** Returns the key of a request that {@link #caller} refuses, if it was valid once. */
    Optional<ApiKey> former(Function<String, @Nullable String> header, @Nullable String cookie) {
        String text = text(header.apply("Authorization"), header.apply("X-Api-Key"), cookie);
        return text == null ? Optional.empty() : keys.former(text);
    }

    /** Whether what let a caller in would do so now, with the same grants. */
    boolean isStill(
            Caller caller, Function<String, @Nullable String> header, @Nullable String cookie) {
        try {
            return caller(header, cookie).equals(caller);
        } catch (ProblemException noLonger) {
            return false;
        }
    }

    /** Returns the caller of a key or token, if it is valid. */
    public Optional<Caller> find(String text) {
        if (configuredHash != null && KeyText.areEqual(configuredHash, KeyText.hash(text))) {
            return Optional.of(CONFIGURED);
        }
        return tokens.areLike(text) ? tokens.find(text) : keys.find(text).map(ApiKey::caller);
    }

    private static @Nullable String text(
            @Nullable String authorization, @Nullable String apiKey, @Nullable String cookie) {
        if (authorization == null) {
            return apiKey == null ? cookie : apiKey.strip();
        }
        return authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)
                ? authorization.substring(BEARER.length()).strip()
                : authorization;
    }

    private static ProblemException unauthenticated(String detail) {
        return new ProblemException(ProblemKind.UNAUTHENTICATED, detail);
    }
}
