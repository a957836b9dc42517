package io.carillon.docs;

import static io.carillon.support.Api.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/openapi.yaml} is what the application serves. {@code -Ddocs.write=true} writes it
 * anew.
 */
@QuarkusTest
class OpenApiDocTest {
    private static final String NAME = "openapi.yaml";
    private static final String HOW =
            "./mvnw test -Dtest=OpenApiDocTest -Dsurefire.failIfNoSpecifiedTests=false -Ddocs.write=true";

    @Test
    void theDocumentIsWhatTheApplicationServes() throws IOException {
        String served = get("/q/openapi?format=yaml").asString();
        if (Boolean.getBoolean("docs.write")) {
            ProjectFiles.write(NAME, served);
        }

        // Unlike isEqualTo, this says the lines that differ and not all there are.
        assertThat(Path.of("docs", NAME))
                .as("docs/%s does not fit the code; write it anew with%n  %s", NAME, HOW)
                .hasContent(served);
    }
}
