package io.carillon;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.docs.ConfigurationKeys;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.SysPropConfigSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    private static final String FILE =
            "PropertiesConfigSource[source=file:/etc/carillon/application.properties]";

    @Test
    void everyMappedKeyIsCheckedAndNoOther() {
        assertThat(Settings.allowed()).containsOnlyKeys(ConfigurationKeys.mapped().keySet());
    }

    @Test
    void everyDefaultIsAllowed() {
        var defaults = ConfigurationKeys.mapped();
        defaults.values().removeIf(String::isEmpty);

        assertThat(problems(file(defaults))).isEmpty();
    }

    @Test
    void pairsAreCheckedWithTheDefaultsOfTheMappings() {
        for (var setting : Settings.ALL) {
            if (setting instanceof Setting.Span span) {
                assertThat(span.usual())
                        .as(span.key())
                        .isEqualTo(
                                new DurationConverter()
                                        .convert(ConfigurationKeys.mapped().get(span.key())));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "carillon.worker.lease|0|a duration of 500ms to 10m",
                "carillon.worker.lease|-PT4S|a duration of 500ms to 10m",
                "carillon.history.retention|PT-24H|a duration of 1d to 36500d",
                "carillon.firing.poll|0s|a duration of 1s to 1m",
                "carillon.dispatch.poll|0s|a duration of 10ms to 500ms",
                "carillon.worker.grace|PT-1S|a duration of 0s to 1h",
                "carillon.queue.head-start|-PT30S|a duration of 0s to 1d",
                "carillon.firing.misfire-threshold|PT-1M|a duration of 1s to 7d",
                "carillon.firing.reconcile-every|soon|a duration of 1s to 1d",
                "carillon.worker.capacity|0|1 to 100,000",
                "carillon.worker.capacity|many|1 to 100,000",
                "carillon.embedded.port|99999|1 to 65,535",
                "carillon.outgoing.allow-private|10.0.0.0/8|true or false",
                "carillon.outgoing.allowed-networks|10.0.0.1/8|networks such as 10.1.0.0/16",
                "carillon.outgoing.allowed-networks|10.1.0.0/16,intranet|networks such as 10.1.0.0/16",
                "carillon.outgoing.allowed-hosts|http://hooks/|names such as hooks.internal or *.internal",
                "carillon.callbacks.base-url|jobs.example.com|an http or https URL",
                "carillon.callbacks.base-url|ftp://jobs.example.com|an http or https URL",
                "carillon.oidc.jwks-url|https://a b|an http or https URL",
                "carillon.traces.endpoint|localhost:4318|an http or https URL",
                "carillon.traces.link|https://tempo.example/|an http or https URL with {traceId} in it",
                "carillon.traces.link|tempo/{traceId}|an http or https URL with {traceId} in it",
                "carillon.traces.ratio|1.5|0 to 1, such as 0.05",
                "carillon.traces.ratio|NaN|0 to 1, such as 0.05",
                "carillon.traces.ratio|10%|0 to 1, such as 0.05",
                "carillon.worker.enabled|ture|true or false"
            })
    void nonsenseIsOneSentenceWithTheKeyTheValueAndWhatIsAllowedHoweverItIsSet(
            String key, String value, String allowed) {
        var sentence = "%s is \"%s\", but must be %s.".formatted(key, value, allowed);

        assertThat(problems(file(Map.of(key, value)))).containsExactly(sentence);
        assertThat(problems(properties(Map.of(key, value)))).containsExactly(sentence);
        assertThat(problems(variables(Map.of(Setting.variable(key), value))))
                .containsExactly(sentence);
    }

    @Test
    void aLeaseIsAtLeastThreeHeartbeats() {
        assertThat(problems(variables(Map.of("CARILLON_WORKER_HEARTBEAT", "2s"))))
                .containsExactly(
                        "carillon.worker.lease is 4s and carillon.worker.heartbeat is 2s, but a"
                                + " lease must be at least 3 heartbeats long.");
        assertThat(
                        problems(
                                variables(
                                        Map.of(
                                                "CARILLON_WORKER_HEARTBEAT",
                                                "2s",
                                                "CARILLON_WORKER_LEASE",
                                                "6s"))))
                .isEmpty();
    }

    @Test
    void whatPollingFindsIsNoMisfire() {
        assertThat(problems(file(Map.of("carillon.firing.misfire-threshold", "2s"))))
                .singleElement()
                .asString()
                .startsWith(
                        "carillon.firing.misfire-threshold is 2s and carillon.firing.poll is 5s");
    }

    @Test
    void anUnknownKeyIsRefusedAlikeHoweverItIsSetAndTheNearestIsNamed() {
        assertThat(problems(properties(Map.of("carillon.worker.capacty", "5"))))
                .containsExactly(
                        "carillon.worker.capacty, set in a system property, is not a setting of"
                                + " Carillon; did you mean carillon.worker.capacity?");
        assertThat(problems(file(Map.of("%prod.carillon.worker.capacty", "5"))))
                .containsExactly(
                        "carillon.worker.capacty, set in file:/etc/carillon/application.properties,"
                                + " is not a setting of Carillon; did you mean carillon.worker.capacity?");
        assertThat(problems(variables(Map.of("CARILLON_EMBEDED_PORT", "5"))))
                .containsExactly(
                        "CARILLON_EMBEDED_PORT, set in the environment, is not a setting of Carillon;"
                                + " did you mean CARILLON_EMBEDDED_PORT?");
    }

    @Test
    void aKeyThatResemblesNoneIsRefusedWithoutAGuess() {
        assertThat(problems(variables(Map.of("CARILLON_TELEMETRY_LICENSE", "x"))))
                .containsExactly(
                        "CARILLON_TELEMETRY_LICENSE, set in the environment, is not a setting of Carillon;"
                                + " docs/configuration.md lists them all.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CARILLON_PORT",
                "CARILLON_PORT_8080_TCP",
                "CARILLON_PORT_8080_TCP_ADDR",
                "CARILLON_PORT_8080_TCP_PORT",
                "CARILLON_PORT_8080_TCP_PROTO",
                "CARILLON_SERVICE_HOST",
                "CARILLON_SERVICE_PORT",
                "CARILLON_SERVICE_PORT_HTTP",
                "CARILLON_WORKERS_SERVICE_HOST",
                "CARILLON_WORKERS_PORT",
                "CARILLON_JVM_DIRS"
            })
    void whatOthersPutIntoTheEnvironmentStopsNothing(String variable) {
        assertThat(problems(variables(Map.of(variable, "tcp://10.0.0.1:80")))).isEmpty();
    }

    @Test
    void tokensNeedAnAudienceAndGrantsTheirForm() {
        assertThat(
                        problems(
                                properties(
                                        Map.of(
                                                "carillon.oidc.issuer", "https://login.example.com",
                                                "carillon.oidc.grants.ops", "groups=ops ADMIN *"))))
                .containsExactly(
                        "carillon.oidc.issuer is set and neither carillon.oidc.audience nor carillon.oidc.client-id is, but a token"
                                + " that is for others is not for Carillon.");
        assertThat(problems(properties(Map.of("carillon.oidc.grants.ops", "groups=ops KING *"))))
                .singleElement()
                .asString()
                .startsWith(
                        "carillon.oidc.grants.ops is \"groups=ops KING *\", but must be claim=value");
    }

    @Test
    void aClientNeedsItsIssuerAndALongSecretWhichIsNotRepeated() {
        var settings =
                new HashMap<>(
                        Map.of(
                                "carillon.oidc.issuer", "https://login.example.com",
                                "carillon.oidc.client-id", "pages",
                                "carillon.oidc.client-secret", "0123456789abcdef01234567"));
        assertThat(problems(properties(settings))).isEmpty();

        settings.put("carillon.oidc.client-secret", "too-short");
        assertThat(problems(properties(settings)))
                .containsExactly("carillon.oidc.client-secret must have 24 characters or more.");
        settings.remove("carillon.oidc.client-secret");
        assertThat(problems(properties(settings)))
                .containsExactly(
                        "carillon.oidc.client-id is set, but carillon.oidc.issuer and"
                                + " carillon.oidc.client-secret must be set as well.");
        settings.put("carillon.oidc.client-secret", "0123456789abcdef01234567");
        settings.put("carillon.oidc.issuer", "http://key_cloak:8080");
        assertThat(problems(properties(settings)))
                .singleElement()
                .asString()
                .startsWith("carillon.oidc.issuer has a host that no URL can have");
    }

    @Test
    void aFamilyIsCheckedByItsValuesAndASecretOneIsNotRepeated() {
        assertThat(
                        problems(
                                properties(
                                        Map.of(
                                                "carillon.files.roots.reports", "reports",
                                                "carillon.files.roots.daily", "/srv/daily",
                                                "carillon.datasources.urls.shop",
                                                        "jdbc:postgresql://db/shop?password=x",
                                                "carillon.datasources.urls.old",
                                                        "jdbc:mysql://db/old?password=x"))))
                .containsExactly(
                        "carillon.files.roots.reports is \"reports\", but must be an absolute path.",
                        "carillon.datasources.urls.old must be a JDBC URL such as"
                                + " jdbc:postgresql://db.example.com/shop?user=reader&password=….");
        assertThat(
                        problems(
                                variables(
                                        Map.of(
                                                "CARILLON_DATASOURCES_URLS_SHOP",
                                                "jdbc:postgresql://db/shop"))))
                .isEmpty();
    }

    @Test
    void listsOfNamespacesAreCheckedLikeTheListsOfAll() {
        String hosts = "carillon.outgoing.allowed-hosts-of.";
        String networks = "carillon.outgoing.allowed-networks-of.";
        assertThat(
                        problems(
                                properties(
                                        Map.of(
                                                hosts + "team-a", "hooks.internal, *.svc",
                                                hosts + "\"team.a\"", "hooks.internal",
                                                hosts + "team.b", "hooks.internal",
                                                networks + "team_a", "10.1.0.0/16,fd00::/8"))))
                .isEmpty();
        assertThat(problems(file(Map.of(networks + "billing", "10.1.0.0/16,intranet"))))
                .containsExactly(
                        "carillon.outgoing.allowed-networks-of.billing is \"10.1.0.0/16,intranet\","
                                + " but must be networks such as 10.1.0.0/16.");
        assertThat(problems(file(Map.of(hosts + "billing", "http://hooks/"))))
                .containsExactly(
                        "carillon.outgoing.allowed-hosts-of.billing is \"http://hooks/\", but must be"
                                + " names such as hooks.internal or *.internal.");
        assertThat(problems(file(Map.of(hosts + "billing", ""))))
                .singleElement()
                .asString()
                .startsWith(hosts + "billing is \"\", but must be names");
        assertThat(problems(file(Map.of(hosts + "Billing", "hooks"))))
                .singleElement()
                .asString()
                .startsWith(hosts + "Billing, set in ");
    }

    /** Whether it is team-a, team_a or team.a, nobody can tell: it would be ignored. */
    @Test
    void aVariableThatMayMeanSeveralNamespacesIsRefused() {
        assertThat(
                        problems(
                                variables(
                                        Map.of(
                                                "CARILLON_OUTGOING_ALLOWED_HOSTS_OF_BILLING",
                                                "hooks.internal"))))
                .isEmpty();
        assertThat(
                        problems(
                                variables(
                                        Map.of(
                                                "CARILLON_OUTGOING_ALLOWED_HOSTS_OF_BILLING",
                                                "http://hooks/"))))
                .singleElement()
                .asString()
                .endsWith(
                        "is \"http://hooks/\", but must be names such as hooks.internal or *.internal.");
        assertThat(
                        problems(
                                variables(
                                        Map.of(
                                                "CARILLON_OUTGOING_ALLOWED_HOSTS_OF_TEAM_A",
                                                "hooks.internal"))))
                .singleElement()
                .asString()
                .startsWith("CARILLON_OUTGOING_ALLOWED_HOSTS_OF_TEAM_A, set in the environment,");
    }

    private static List<String> problems(ConfigSource source) {
        return new Settings(
                        new SmallRyeConfigBuilder()
                                .withSources(source)
                                .withConverter(
                                        java.time.Duration.class, 200, new DurationConverter())
                                .build())
                .problems();
    }

    private static ConfigSource file(Map<String, String> settings) {
        return new PropertiesConfigSource(settings, FILE, 250);
    }

    private static ConfigSource variables(Map<String, String> settings) {
        return new EnvConfigSource(settings, 300);
    }

    /** As SmallRye's own, with properties of this test in place of the process's. */
    private static ConfigSource properties(Map<String, String> settings) {
        return new SysPropConfigSource() {
            @Override
            public java.util.Set<String> getPropertyNames() {
                return settings.keySet();
            }

            @Override
            public @Nullable String getValue(String name) {
                return settings.get(name);
            }
        };
    }
}
