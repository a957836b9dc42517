package io.carillon.docs;

import static io.carillon.support.Api.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carillon.support.Npm;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;

/**
 * What openapi-typescript makes of {@code docs/openapi.yaml} compiles strictly, and a program that
 * uses it does what it says. {@code clients/check} does the same in Java too, and more. Skipped
 * where there is no npm, or Node.js has no {@code fetch} yet.
 */
@QuarkusTest
class ClientsTest {
    private static final Path SOURCES = Path.of("clients", "typescript");

    /** Two folders below the folder of the document, as in the sources. */
    private static final Path FOLDER = Path.of("target", "client", "clients", "typescript");

    @Test
    void aProgramInTypeScriptCreatesAJobAndFollowsItsExecutions() throws Exception {
        assumeTrue(Npm.nodeIs(18), "no Node.js 18 or later");
        Files.createDirectories(FOLDER);
        for (String source : new String[] {"follow.ts", "package.json", "tsconfig.json"}) {
            copy(SOURCES.resolve(source), FOLDER.resolve(source));
        }
        var docs = Files.createDirectories(FOLDER.resolve("../../docs").normalize());
        copy(Path.of("docs", "openapi.yaml"), docs.resolve("openapi.yaml"));
        assumeTrue(Npm.install(FOLDER), "no npm, or it could not install the client's packages");

        run("npm", "run", "--silent", "build");
        String said = run("npm", "run", "--silent", "follow");

        assertThat(said.lines().filter(line -> line.contains("SUCCEEDED attempt 1 of 3")))
                .hasSize(3);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String run(String... command) throws Exception {
        var builder =
                new ProcessBuilder(command).directory(FOLDER.toFile()).redirectErrorStream(true);
        builder.environment().put("CARILLON_URL", service().toString());
        var process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
