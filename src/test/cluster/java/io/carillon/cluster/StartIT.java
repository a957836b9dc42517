package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.support.FreePort;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What a process says when it starts and ends, well or not. */
class StartIT {
    private static final Pattern ABOVE_INFO =
            Pattern.compile("^.*\\b(WARN|WARNING|ERROR|FATAL|SEVERE)\\b.*$", Pattern.MULTILINE);
    private static final Pattern MIGRATIONS =
            Pattern.compile("^.*migrations=.*$", Pattern.MULTILINE);
    private static final String NO_DATABASE = "jdbc:postgresql://localhost:1/none?user=nobody";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @Test
    void aGoodStartAndStopSayNothingAboveInfoAndTheirSettingsMayBePropertiesOrInAFile()
            throws Exception {
        int port = FreePort.find();
        try (var first =
                Replica.startEmbedded(
                        Map.of(
                                "JDK_JAVA_OPTIONS",
                                "-Dcarillon.embedded.port=%d -Dcarillon.embedded.data-dir=%s"
                                        .formatted(port, folder.resolve("postgres"))))) {
            first.awaitReady().stop();

            assertThat(matches(ABOVE_INFO, first.log())).isEmpty();
            assertThat(matches(MIGRATIONS, first.log())).hasSize(1);
            assertThat(first.log()).contains("localhost:" + port);
        }

        var file =
                Files.writeString(
                        folder.resolve("application.properties"),
                        "carillon.embedded.port=%d%ncarillon.embedded.data-dir=%s%n"
                                .formatted(port, folder.resolve("postgres")));
        try (var second =
                Replica.startEmbedded(
                        Map.of("QUARKUS_CONFIG_LOCATIONS", file.toUri().toString()))) {
            second.awaitReady().stop();

            assertThat(matches(ABOVE_INFO, second.log())).isEmpty();
            assertThat(matches(MIGRATIONS, second.log())).isEmpty();
            assertThat(second.log()).contains("localhost:" + port);
        }
    }

    @Test
    void wrongSettingsAreOneLineEach() {
        try (var replica =
                Replica.startEmbedded(
                        Map.of(
                                "CARILLON_WORKER_LEASE", "0",
                                "CARILLON_EMBEDED_PORT", "15432",
                                "CARILLON_PORT", "tcp://10.0.0.1:80"))) {
            assertThat(replica.awaitEnd()).isEqualTo(1);
            assertThat(replica.said().lines())
                    .containsExactly(
                            "CARILLON_EMBEDED_PORT, set in the environment, is not a setting of"
                                    + " Carillon; did you mean CARILLON_EMBEDDED_PORT?",
                            "carillon.worker.lease is \"0\", but must be a duration of 500ms to 10m.");
        }
    }

    @Test
    void aSignalEndsAtOnceWhatStillWaitsForItsDatabase() {
        try (var replica = Replica.start(NO_DATABASE, Map.of())) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(90))
                    .until(() -> replica.log().contains("Retrying"));

            replica.stop(Duration.ofSeconds(10));
        }
    }

    @Test
    void aDatabaseThatDoesNotAnswerIsOneSentence() {
        try (var replica =
                Replica.start(NO_DATABASE, Map.of("QUARKUS_FLYWAY_CONNECT_RETRIES", "0"))) {
            assertThat(replica.awaitEnd()).isEqualTo(1);
            assertThat(matches(ABOVE_INFO, replica.log()))
                    .singleElement()
                    .asString()
                    .contains("quarkus.datasource.jdbc.url, jdbc:postgresql://localhost:1/none:")
                    .doesNotContain("nobody");
            assertThat(replica.log()).doesNotContain("\tat ");
        }
    }

    @Test
    void aPortThatIsTakenIsOneSentence() throws Exception {
        try (var postgres = new TestPostgres();
                var taken = new ServerSocket(0);
                var replica =
                        Replica.start(
                                postgres.url(),
                                Map.of(
                                        "QUARKUS_HTTP_PORT",
                                        Integer.toString(taken.getLocalPort())))) {
            assertThat(replica.awaitEnd()).isEqualTo(1);
            assertThat(matches(ABOVE_INFO, replica.log()))
                    .singleElement()
                    .asString()
                    .contains("port %d".formatted(taken.getLocalPort()), "quarkus.http.port");
            assertThat(replica.log()).doesNotContain("\tat ");
        }
    }

    @Test
    void anOldJavaIsToldWhichOneIsNeeded() throws Exception {
        var old = oldJava();
        Assumptions.assumeTrue(old != null, "needs a Java older than 25 in /usr/lib/jvm");
        var process =
                new ProcessBuilder(old.toString(), "-jar", "quarkus-run.jar")
                        .directory(Path.of("target", "quarkus-app").toFile())
                        .redirectErrorStream(true)
                        .start();

        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .startsWith("Carillon needs Java 25 or newer and was started with Java ")
                .hasLineCount(1);
        assertThat(process.waitFor()).isEqualTo(1);
    }

    private static Path oldJava() throws Exception {
        var versions = new HashMap<String, Path>();
        for (String version : new String[] {"17", "21"}) {
            try (var folders =
                    Files.newDirectoryStream(Path.of("/usr/lib/jvm"), "*" + version + "*")) {
                for (var folder : folders) {
                    var java = folder.resolve("bin/java");
                    if (Files.isExecutable(java)) {
                        versions.putIfAbsent(version, java);
                    }
                }
            } catch (java.nio.file.NoSuchFileException none) {
                return null;
            }
        }
        return versions.getOrDefault("17", versions.get("21"));
    }

    private static java.util.List<String> matches(Pattern pattern, String log) {
        return pattern.matcher(log).results().map(java.util.regex.MatchResult::group).toList();
    }
}
