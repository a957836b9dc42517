package io.carillon.secret;

import static io.carillon.support.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carillon.problem.ProblemException;
import io.carillon.security.Scope;
import io.carillon.support.Database;
import io.carillon.support.LoggedLines;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which master keys a replica starts with, and how another takes the place of one. */
@QuarkusTest
class MasterKeysAtStartTest {
    private static final String NAMESPACE = "keys-at-start";

    @Inject SecretStore store;

    private final String key =
            ConfigProvider.getConfig().getValue("carillon.secrets.key", String.class);

    private final SecretName name = new SecretName(NAMESPACE, unique("secret"));
    private final String other = MasterKey.make();

    private record Configured(
            Optional<String> key, Optional<String> keyFile, Optional<List<String>> previousKeys)
            implements SecretsConfig {}

    @AfterEach
    void tidyUp() {
        Database.change("delete from secret where namespace = ?", NAMESPACE);
    }

    @Test
    void aKeyThatCannotReadWhatIsStoredEndsTheStartAndChangesNothing() {
        started(key).put(Scope.EVERYTHING, name, "hunter2");
        String before = Database.dumpOf("secret");

        assertThatThrownBy(() -> started(other))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(MasterKey.of(key).id())
                .hasMessageContaining("carillon.secrets.key")
                .hasMessageNotContaining(other);
        assertThatThrownBy(() -> startedWithoutKey()).isInstanceOf(ConfigurationException.class);
        assertThat(Database.dumpOf("secret")).isEqualTo(before);
    }

    @Test
    void aRowThatWasCopiedToAnotherNameIsReadByNobodyAndStopsNothing() {
        started(key).put(Scope.EVERYTHING, name, "hunter2");
        Database.change(
                "insert into secret (namespace, name, key_id, nonce, ciphertext)"
                        + " select namespace, 'copy', key_id, nonce, ciphertext from secret where name = ?",
                name.name());

        try (var log = LoggedLines.ofWarnings()) {
            var secrets = started(key);

            assertThat(secrets.values(NAMESPACE, List.of(name.name(), "copy")))
                    .containsOnlyKeys(name.name());
            assertThat(log.all()).anyMatch(line -> line.contains("name=copy"));
        }
    }

    @Test
    void anotherKeyTakesThePlaceOfOneWhileBothAreRead() {
        started(key).put(Scope.EVERYTHING, name, "hunter2");
        var rotating = started(other, key);
        assertThat(valueBy(rotating)).contains("hunter2");

        var done = rotating.reencrypt(Scope.EVERYTHING);

        assertThat(done.reencrypted()).isPositive();
        assertThat(done.keyId()).isEqualTo(MasterKey.of(other).id());
        assertThat(valueBy(started(other))).contains("hunter2");
        assertThatThrownBy(() -> started(key)).isInstanceOf(ConfigurationException.class);
        // Others go on under the key of all tests.
        started(key, other).reencrypt(Scope.EVERYTHING);
        assertThat(valueBy(started(key))).contains("hunter2");
    }

    @Test
    void withoutAKeyNothingIsStoredAndTheSettingIsNamed() {
        Database.change("delete from secret");

        assertThatThrownBy(() -> startedWithoutKey().put(Scope.EVERYTHING, name, "hunter2"))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("carillon.secrets.key");
    }

    @Test
    void aKeyMayStandInAFile(@TempDir Path folder) throws Exception {
        var file = Files.writeString(folder.resolve("key"), key + "\n");
        var secrets =
                started(
                        new Configured(
                                Optional.empty(), Optional.of(file.toString()), Optional.empty()));

        secrets.put(Scope.EVERYTHING, name, "hunter2");

        assertThat(valueBy(secrets)).contains("hunter2");
        Files.writeString(file, "nonsense");
        assertThatThrownBy(
                        () ->
                                started(
                                        new Configured(
                                                Optional.empty(),
                                                Optional.of(file.toString()),
                                                Optional.empty())))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(file.toString())
                .hasMessageNotContaining("nonsense");
    }

    private Optional<String> valueBy(Secrets secrets) {
        return Optional.ofNullable(
                secrets.values(NAMESPACE, List.of(name.name())).get(name.name()));
    }

    private Secrets started(String writing, String... reading) {
        return started(
                new Configured(
                        Optional.of(writing),
                        Optional.empty(),
                        reading.length == 0 ? Optional.empty() : Optional.of(List.of(reading))));
    }

    private Secrets startedWithoutKey() {
        return started(new Configured(Optional.empty(), Optional.empty(), Optional.empty()));
    }

    private Secrets started(SecretsConfig config) {
        var secrets = new Secrets(store, new MasterKeySource(config));
        secrets.start(new StartupEvent());
        return secrets;
    }
}
