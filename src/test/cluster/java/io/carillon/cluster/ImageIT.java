package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.carillon.support.FreePort;
import io.carillon.support.Manifests;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code docker/Dockerfile.jvm} says, done in a folder in place of an image and with the JVM
 * of the tests, and the health check of {@code docker/compose.yaml} asking it.
 */
class ImageIT {
    private static final Path DOCKERFILE = Path.of("docker", "Dockerfile.jvm");
    private static final Pattern COPY = Pattern.compile("(?m)^COPY (\\S+) (\\S+)$");
    private static final Pattern OPTIONS =
            Pattern.compile("(?m)^ENV JDK_JAVA_OPTIONS=\"([^\"]*)\"$");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path image;

    @Test
    void itIsTrainedStartsAndTellsWhetherItIsReady() throws Exception {
        copyWhatTheImageHolds();
        int port = FreePort.find();

        var trained = run(instruction("RUN"), Map.of());
        assertThat(trained.exitCode()).as(trained.output()).isZero();
        assertThat(image.resolve("app.aot")).isNotEmptyFile();

        try (var postgres = new TestPostgres()) {
            var environment =
                    Map.of(
                            "QUARKUS_DATASOURCE_JDBC_URL", postgres.url(),
                            "QUARKUS_HTTP_HOST", "localhost",
                            "CARILLON_SECURITY_ENABLED", "false",
                            "QUARKUS_HTTP_PORT", Integer.toString(port),
                            "JDK_JAVA_OPTIONS", only(OPTIONS).group(1));
            var log = image.resolve("log").toFile();
            var replica = start(instruction("ENTRYPOINT"), environment, log);
            try {
                Awaitility.await("ready, see " + log)
                        .until(() -> !replica.isAlive() || health(environment).exitCode() == 0);
                assertThat(health(environment).output()).contains("200 on port " + port);
                assertThat(log).content().doesNotContain("[aot]").doesNotContain("[warning]");

                postgres.close();
                Awaitility.await("not ready").until(() -> health(environment).exitCode() == 1);
                assertThat(replica.isAlive()).isTrue();
                // Readiness waits for a connection for about as long as the check waits for it.
                assertThat(health(environment).output())
                        .containsAnyOf("503 on port " + port, "no answer: Read timed out");
            } finally {
                replica.destroyForcibly().waitFor();
            }
            assertThat(health(environment))
                    .isEqualTo(new Ended(1, "no answer: Connection refused\n"));
            assertThat(run(List.of("java", "-jar", "quarkus-run.jar", "--health"), environment))
                    .isEqualTo(new Ended(1, "no answer: Connection refused\n"));
        }
    }

    private void copyWhatTheImageHolds() throws IOException {
        for (var copy : all(COPY)) {
            var sources = matching(Path.of(copy.group(1)));
            assertThat(sources).as(copy.group()).isNotEmpty();
            for (var source : sources) {
                boolean isFolder = Files.isDirectory(source);
                copy(source, image.resolve(copy.group(2)).resolve(isFolder ? "" : name(source)));
            }
        }
    }

    private static List<Path> matching(Path pattern) throws IOException {
        var matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
        try (var files = Files.list(pattern.getParent())) {
            return files.filter(matcher::matches).toList();
        }
    }

    private static void copy(Path source, Path target) throws IOException {
        try (var files = Files.walk(source)) {
            for (var file : files.toList()) {
                var copy = target.resolve(source.relativize(file).toString()).normalize();
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy);
                }
            }
        }
    }

    private Ended health(Map<String, String> environment) throws Exception {
        var command = new ArrayList<String>();
        JsonNode test =
                Manifests.tree(Path.of("docker", "compose.yaml"))
                        .at("/services/carillon/healthcheck/test");
        test.forEach(argument -> command.add(argument.asText()));
        assertThat(command.removeFirst()).isEqualTo("CMD");
        return run(command, environment);
    }

    private record Ended(int exitCode, String output) {}

    private Ended run(List<String> command, Map<String, String> environment) throws Exception {
        var output = Files.createTempFile(image, "output", "").toFile();
        var process = start(command, environment, output);
        if (!process.waitFor(2, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        return new Ended(process.waitFor(), Files.readString(output.toPath()));
    }

    /** Standard output alone: the JVM says on the other that it has found options. */
    private Process start(List<String> command, Map<String, String> environment, File output)
            throws IOException {
        var here = new ArrayList<>(command);
        assertThat(here.getFirst()).isEqualTo("java");
        here.set(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
        var builder =
                new ProcessBuilder(here)
                        .directory(image.toFile())
                        .redirectOutput(output)
                        .redirectError(image.resolve("errors").toFile());
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static List<String> instruction(String name) throws IOException {
        var found = only(Pattern.compile("(?m)^" + name + " (\\[.*])$"));
        return List.of(JSON.readValue(found.group(1), String[].class));
    }

    private static MatchResult only(Pattern pattern) throws IOException {
        assertThat(all(pattern)).as(pattern.pattern()).hasSize(1);
        return all(pattern).getFirst();
    }

    private static List<MatchResult> all(Pattern pattern) throws IOException {
        return pattern.matcher(Files.readString(DOCKERFILE)).results().toList();
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }
}
