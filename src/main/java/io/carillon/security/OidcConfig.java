package io.carillon.security;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Map;
import java.util.Optional;

/** Settings of tokens that another service issues, by OpenID Connect. */
@ConfigMapping(prefix = "carillon.oidc")
interface OidcConfig {
    /** Who issues tokens, as their claim {@code iss} says. If absent, no token is accepted. */
    Optional<String> issuer();

    /** The value that tokens must have in their claim {@code aud}. */
    Optional<String> audience();

    /** Where the issuer's public keys are; by default, where its discovery document says. */
    Optional<String> jwksUrl();

    /** The claim whose value names the caller in the audit log. */
    @WithDefault("sub")
    String nameClaim();

    /** Roles of tokens by their claims, under names that the administrator chooses. */
    Map<String, String> grants();
}
