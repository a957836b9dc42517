package io.carillon.handler.cleanup;

import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.FilesRoot;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real files, some with hostile names, and links that lead out. */
@QuarkusTest
class CleanupTypeTest {
    private final String folder = unique("cleanup");
    private final Path here = FilesRoot.PATH.resolve(folder);

    @BeforeEach
    void make() throws IOException {
        Files.createDirectories(here.resolve("below/deeper"));
    }

    @Test
    void deletesWhatIsOldAndMeantAndNothingElse() throws IOException {
        var old = aFile("old.csv", 40);
        var others =
                List.of(aFile("young.csv", 1), aFile("old.txt", 40), aFile("below/old.csv", 40));

        var execution = cleaned(aConfig().put("pattern", "*.csv"));

        assertThat(execution.get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(execution.at("/result/deleted").asInt()).isEqualTo(1);
        assertThat(execution.at("/result/bytes").asInt()).isEqualTo(4);
        assertThat(execution.at("/result/files/0").textValue()).isEqualTo("old.csv");
        assertThat(old).doesNotExist();
        assertThat(others).allMatch(Files::exists);
    }

    @Test
    void goesDownWhereItIsToldTo() throws IOException {
        var deep = aFile("below/deeper/old.csv", 40);

        var execution = cleaned(aConfig().put("recursive", true));

        assertThat(deep).doesNotExist();
        assertThat(deep.getParent()).isDirectory();
        assertThat(execution.at("/result/files/0").textValue()).isEqualTo("below/deeper/old.csv");
    }

    @Test
    void aDryRunCountsAndDeletesNothing() throws IOException {
        var old = aFile("old.csv", 40);

        var execution = cleaned(aConfig().put("dryRun", true));

        assertThat(execution.at("/result/wouldDelete").asInt()).isEqualTo(1);
        assertThat(execution.at("/result").has("deleted")).isFalse();
        assertThat(old).exists();
    }

    @Test
    void endsAtItsLimitAndSaysSo() throws IOException {
        aFile("one", 40);
        aFile("two", 40);

        var execution = cleaned(aConfig().put("maxFiles", 1));

        assertThat(execution.at("/result/deleted").asInt()).isEqualTo(1);
        assertThat(execution.at("/result/isComplete").asBoolean(true)).isFalse();
        try (var left = Files.list(here)) {
            assertThat(left.filter(Files::isRegularFile)).hasSize(1);
        }
    }

    @Test
    void noLinkLeadsOutOfTheRoot(@TempDir Path outside) throws IOException {
        var precious = Files.writeString(outside.resolve("precious.csv"), "data");
        age(precious, 40);
        Files.createSymbolicLink(here.resolve("folder-link"), outside);
        Files.createSymbolicLink(here.resolve("file-link.csv"), precious);

        var below = cleaned(aConfig().put("recursive", true));
        var through = cleaned(aConfig().put("folder", folder + "/folder-link"));

        assertThat(precious).exists();
        assertThat(below.at("/result/deleted").asInt(-1)).isZero();
        assertThat(through.at("/error/code").textValue()).isEqualTo("FILES_IO");
    }

    @Test
    void hostileNamesAreNamesLikeOthers() throws IOException {
        var files =
                List.of(
                        aFile("new\nline", 40),
                        aFile("-rf", 40),
                        aFile("$(reboot)", 40),
                        aFile("*", 40),
                        aFile(" ", 40),
                        aFile("ü\u202e\u0001", 40));

        var execution = cleaned(aConfig());

        assertThat(execution.at("/result/deleted").asInt()).isEqualTo(files.size());
        assertThat(files).noneMatch(Files::exists);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "root      | {\"root\": \"nowhere\"}",
                "root      | {\"root\": \"/etc\"}",
                "folder    | {\"folder\": \"../etc\"}",
                "folder    | {\"folder\": \"a/../../etc\"}",
                "folder    | {\"folder\": \"/etc\"}",
                "folder    | {\"folder\": \"a//b\"}",
                "pattern   | {\"pattern\": \"../*\"}",
                "olderThan | {\"olderThan\": \"1s\"}",
                "olderThan | {\"olderThan\": null}",
                "maxFiles  | {\"maxFiles\": 0}"
            })
    void whatIsWrongIsNamed(String field, String fields) {
        var config = aConfig();
        config.setAll((ObjectNode) json(fields));
        var job = aJob().put("type", "cleanup_task");
        job.set("config", config);

        assertProblem(body(job).post(JOBS), 400, "invalid-request", "config." + field);
    }

    private ObjectNode aConfig() {
        return object().put("root", "tests").put("folder", folder).put("olderThan", "30d");
    }

    private Path aFile(String name, int days) throws IOException {
        var file = Files.writeString(here.resolve(name), "data");
        age(file, days);
        return file;
    }

    private static void age(Path file, int days) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(days))));
    }

    private static JsonNode cleaned(ObjectNode config) {
        var cleanup = object().put("type", "cleanup_task");
        cleanup.set("config", config);
        cleanup.set("retry", json("{\"maxAttempts\": 1}"));
        return ended(submittedId(cleanup));
    }
}
