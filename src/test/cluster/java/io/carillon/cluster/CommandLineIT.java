package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client as people start it: by the jar of the service. */
class CommandLineIT {
    private static final Pattern FIRST_KEY = Pattern.compile("told this once: (carillon_\\S+)");

    @TempDir Path home;

    private record Ended(int exitCode, String said) {}

    @Test
    void oneLogsInThenCallsWithoutSayingWhereAndByWhichKey() throws Exception {
        try (var postgres = new TestPostgres();
                var replica =
                        Replica.start(postgres.url(), Map.of("CARILLON_SECURITY_ENABLED", "true"))
                                .awaitReady()) {
            var key = FIRST_KEY.matcher(replica.log());
            assertThat(key.find()).isTrue();
            String url = replica.uri("").toString();

            var unknown = carillon("", "jobs", "--url", url);
            assertThat(unknown.exitCode).isEqualTo(1);
            assertThat(unknown.said).contains("run `carillon login`").hasLineCount(2);
            assertThat(carillon("carillon_wrong\n", "login", "--url", url).exitCode).isEqualTo(1);

            var login = carillon(key.group(1) + "\n", "login", "--url", url);
            assertThat(login.said).startsWith("Stored in " + home).doesNotContain(key.group(1));
            assertThat(login.exitCode).isZero();
            var jobs = carillon("", "jobs");
            assertThat(jobs.exitCode).isZero();
            assertThat(jobs.said).startsWith("NAMESPACE");
            var stored = home.resolve("carillon").resolve("login.json");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(stored)))
                    .isEqualTo("rw-------");
            // What is stored is not for another place.
            assertThat(carillon("", "jobs", "--url", url.replace("localhost", "127.0.0.1")).said)
                    .contains("run `carillon login`");
        }
    }

    @Test
    void helpAndVersionStartNoService() throws Exception {
        assertThat(carillon("", "--help").said)
                .startsWith("Usage: carillon")
                .contains("dead-letters", "Ends with");
        assertThat(carillon("", "--version").said).startsWith("carillon ").hasLineCount(1);
        assertThat(carillon("", "generate-completion").said).contains("_carillon");
    }

    private Ended carillon(String input, String... arguments)
            throws IOException, InterruptedException {
        var command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-jar",
                                Path.of("target", "quarkus-app", "quarkus-run.jar").toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("XDG_CONFIG_HOME", home.toString());
        builder.environment().remove("CARILLON_KEY");
        var process = builder.start();
        try (var in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), said);
    }
}
