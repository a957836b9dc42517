package io.carillon.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** Runs what documents tell people to type. */
public final class Shell {
    private Shell() {}

    /** Runs a line of bash, which must end well, and returns what it says. */
    public static String run(Path folder, Map<String, String> environment, String line)
            throws IOException, InterruptedException {
        var builder =
                new ProcessBuilder("bash", "-o", "pipefail", "-c", line)
                        .directory(folder.toFile())
                        .redirectErrorStream(true);
        builder.environment().putAll(environment);
        var process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", line, said).isZero();
        return said;
    }

    /** Whether a program is on the PATH. */
    public static boolean has(String program) {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(each -> Files.isExecutable(Path.of(each, program)));
    }
}
