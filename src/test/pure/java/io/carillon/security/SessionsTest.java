package io.carillon.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SessionsTest {
    private static final Map<String, Object> ANNA =
            Map.of("sub", "anna", "groups", List.of("operators", "readers", "choir"));
    private static final String OPERATORS = "carillon.oidc.grants.operators";

    private final AtomicLong millis = new AtomicLong(System.currentTimeMillis());
    private final Map<String, String> settings =
            new HashMap<>(
                    Map.of(
                            "carillon.oidc.client-secret",
                            "0123456789abcdef01234567",
                            "carillon.oidc.client-id",
                            "pages",
                            "carillon.oidc.session",
                            "PT1H",
                            OPERATORS,
                            "groups=operators ADMIN *",
                            "carillon.oidc.grants.readers",
                            "groups=readers VIEWER billing"));

    private OidcConfig config() {
        var builder = new SmallRyeConfigBuilder().withMapping(OidcConfig.class);
        settings.forEach(builder::withDefaultValue);
        return builder.withConverter(Duration.class, 100, new DurationConverter())
                .build()
                .getConfigMapping(OidcConfig.class);
    }

    private SignedTexts texts() {
        return new SignedTexts(config(), millis::get);
    }

    /** As a replica with the settings of now makes and reads them. */
    @SuppressWarnings("NullAway") // Nothing asks the clock of tokens.
    private Sessions sessions() {
        var config = config();
        var keys = new TokenKeys(config, new Issuer(config));
        return new Sessions(config, texts(), new Tokens(config, keys, null));
    }

    @Test
    void everyReplicaKnowsWhoHasSignedInAndWhatTheyMayDo() {
        var caller = sessions().find(sessions().begin(ANNA)).orElseThrow();

        assertThat(caller.name()).isEqualTo("oidc:anna");
        assertThat(caller.grants())
                .containsExactlyInAnyOrder(
                        new Grant(Role.ADMIN, Set.of("*")),
                        new Grant(Role.VIEWER, Set.of("billing")));
    }

    @Test
    void itHoldsNoClaimThatGrantsNothing() {
        String payload = sessions().begin(ANNA).split("\\.")[1];

        assertThat(new String(Base64.getUrlDecoder().decode(payload), UTF_8))
                .contains("groups=operators")
                .doesNotContain("choir");
    }

    @Test
    void aGrantThatIsTakenAwayOrChangedCountsAtOnce() {
        String session = sessions().begin(ANNA);

        settings.put(OPERATORS, "groups=chiefs ADMIN *");
        settings.put("carillon.oidc.grants.readers", "groups=readers EDITOR billing");

        assertThat(sessions().find(session).orElseThrow().grants())
                .containsExactly(new Grant(Role.EDITOR, Set.of("billing")));
    }

    @Test
    void itEnds() {
        String session = sessions().begin(ANNA);

        millis.addAndGet(Duration.ofMinutes(59).toMillis());
        assertThat(sessions().find(session)).isPresent();
        millis.addAndGet(Duration.ofMinutes(2).toMillis());
        assertThat(sessions().find(session)).isEmpty();
    }

    @Test
    void anotherSecretEndsAllSessions() {
        String session = sessions().begin(ANNA);

        settings.put("carillon.oidc.client-secret", "fedcba9876543210fedcba98");
        assertThat(sessions().find(session)).isEmpty();
    }

    @Test
    void anotherClientOrIssuerOrNoneEndsAllSessions() {
        String session = sessions().begin(ANNA);

        settings.put("carillon.oidc.issuer", "https://other.example.com");
        assertThat(sessions().find(session)).isEmpty();
        settings.remove("carillon.oidc.issuer");
        assertThat(sessions().find(session)).isPresent();
        settings.put("carillon.oidc.client-id", "other");
        assertThat(sessions().find(session)).isEmpty();
        settings.remove("carillon.oidc.client-id");
        assertThat(sessions().find(session)).isEmpty();
    }

    @Test
    void whatWasSignedForSomethingElseIsNoSession() {
        String other =
                texts().sign(
                                "sign-in",
                                Duration.ofHours(1),
                                Map.of("name", "anna", "claims", List.of("groups=operators")));

        assertThat(texts().read("sign-in", other)).isPresent();
        assertThat(sessions().find(other)).isEmpty();
        assertThat(sessions().find("x.y.z")).isEmpty();
        assertThat(sessions().find("")).isEmpty();
    }
}
