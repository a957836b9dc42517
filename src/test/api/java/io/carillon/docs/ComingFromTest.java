package io.carillon.docs;

import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.request;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The jobs that docs/coming-from.md shows can be made. */
@QuarkusTest
class ComingFromTest {
    private static final Pattern BLOCK = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL);

    @Test
    void eachJobIsCreatedAsItIsWritten() throws IOException {
        var blocks =
                BLOCK.matcher(Files.readString(Path.of("docs", "coming-from.md")))
                        .results()
                        .map(block -> (ObjectNode) json(block.group(1)))
                        .toList();

        assertThat(blocks).hasSizeGreaterThan(8);
        for (var job : blocks) {
            job.put("name", unique(job.get("name").textValue()));
            String id = tree(body(job).post(JOBS), 201).get("id").textValue();
            request().delete(JOBS + "/{id}", id);
        }
    }
}
