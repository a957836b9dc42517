package io.carillon.security;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Holds what is known of people who have signed in at the issuer, as a signed text in a cookie of
 * their browser. It has their name and those of their claims that grant something. What these grant
 * is looked up in the configuration each time, so that a changed grant counts at once.
 */
@ApplicationScoped
public class Sessions {
    private static final String PURPOSE = "session";
    private static final String NAME = "name";
    private static final String CLAIMS = "claims";

    private final OidcConfig config;
    private final SignedTexts texts;
    private final Tokens tokens;

    Sessions(OidcConfig config, SignedTexts texts, Tokens tokens) {
        this.config = config;
        this.texts = texts;
        this.tokens = tokens;
    }

    /** Begins the session of a person with these claims, which the issuer has vouched for. */
    public String begin(Map<String, Object> claims) {
        var granting =
                tokens.grants().stream()
                        .filter(each -> each.isOf(claims))
                        .map(TokenGrant::condition)
                        .distinct()
                        .toList();
        return texts.sign(
                PURPOSE, config.session(), Map.of(NAME, tokens.name(claims), CLAIMS, granting));
    }

    /** Returns the caller of a session that has not ended. */
    Optional<Caller> find(String text) {
        return texts.read(PURPOSE, text).map(this::callerOf);
    }

    private Caller callerOf(Map<String, Object> session) {
        var granting = session.get(CLAIMS) instanceof Collection<?> several ? several : List.of();
        return new Caller(
                Tokens.CALLER + session.get(NAME),
                tokens.grants().stream()
                        .filter(each -> granting.contains(each.condition()))
                        .map(TokenGrant::grant)
                        .toList());
    }
}
