package io.carillon.security;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Settings of tokens that another service issues, by OpenID Connect. */
@ConfigMapping(prefix = "carillon.oidc")
public interface OidcConfig {
    /** Who issues tokens, as their claim {@code iss} says. If absent, no token is accepted. */
    Optional<String> issuer();

    /** The value that tokens must have in their claim {@code aud}. If absent, none is accepted. */
    Optional<String> audience();

    /** Where the issuer's public keys are; by default, where its discovery document says. */
    Optional<String> jwksUrl();

    /** The claim whose value names the caller in the audit log. */
    @WithDefault("sub")
    String nameClaim();

    /** The client as which people are signed in at the issuer. If absent, they paste keys. */
    Optional<String> clientId();

    /** The secret of that client. */
    Optional<String> clientSecret();

    /**
     * Where the issuer sends people after they have signed in: the address of {@code
     * /login/callback} as browsers see it. If absent, it is that of the request.
     */
    Optional<String> redirectUrl();

    /** The scopes that a sign-in asks for, by spaces; {@code openid} must be among them. */
    @WithDefault("openid profile email")
    String scopes();

    /** For how long people stay signed in. */
    @WithDefault("8h")
    Duration session();

    /** Roles of tokens by their claims, under names that the administrator chooses. */
    Map<String, String> grants();
}
