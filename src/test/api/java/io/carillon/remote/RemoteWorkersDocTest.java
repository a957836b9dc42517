package io.carillon.remote;

import static io.carillon.support.Api.json;
import static io.carillon.support.Api.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quarkus.test.junit.QuarkusTest;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/remote-workers.md has people type. */
@QuarkusTest
class RemoteWorkersDocTest {
    private static final Path DOCUMENT = Path.of("docs/remote-workers.md");

    @Test
    void theExampleByHandRunsAsWritten() throws Exception {
        assumeTrue(Stream.of("bash", "curl", "jq").allMatch(RemoteWorkersDocTest::isThere));
        String section = Files.readString(DOCUMENT).split("## By hand\n", 2)[1];
        String commands =
                section.split("```", 3)[1]
                        .lines()
                        .filter(line -> line.startsWith("$ "))
                        .map(line -> line.substring(2))
                        .collect(Collectors.joining("\n"))
                        .replace("http://localhost:8080", service().toString());

        var process =
                new ProcessBuilder("bash", "-e", "-c", commands).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        var execution = json(output.substring(output.lastIndexOf("{\n  \"state\"")));
        assertThat(execution.get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(execution.at("/result/n").intValue()).isEqualTo(2);
        assertThat(execution.at("/progress/percent").intValue()).isEqualTo(50);
    }

    private static boolean isThere(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                .anyMatch(each -> Files.isExecutable(Path.of(each, program)));
    }
}
