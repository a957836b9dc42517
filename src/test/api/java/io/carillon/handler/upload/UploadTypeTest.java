package io.carillon.handler.upload;

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
import io.carillon.support.RawTarget;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files sent to a real target. */
@QuarkusTest
class UploadTypeTest {
    private final String folder = unique("upload");

    @Test
    void aFileArrivesAsItIs() throws IOException {
        String content = "line\n".repeat(200_000);
        Files.writeString(folder().resolve("sales.csv"), content);
        try (var target = RawTarget.start(exchange -> answers(exchange, 201))) {
            var execution = uploaded("sales.csv", target.url("/sales.csv"));

            assertThat(execution.get("state").textValue()).isEqualTo("SUCCEEDED");
            assertThat(execution.at("/result/bytes").asInt()).isEqualTo(content.length());
            assertThat(execution.at("/result/status").asInt()).isEqualTo(201);
            assertThat(target.requests()).hasSize(1);
            var request = target.requests().getFirst();
            assertThat(request.head()).startsWith("PUT /sales.csv HTTP/1.1");
            assertThat(request.header("Content-Length")).endsWith(" " + content.length());
            assertThat(request.header("Content-Type")).endsWith(" text/csv");
            assertThat(request.body()).isEqualTo(content);
        }
    }

    @Test
    void whatTheTargetRefusesIsNotSentAgain() throws IOException {
        Files.writeString(folder().resolve("sales.csv"), "data");
        try (var target = RawTarget.start(exchange -> answers(exchange, 403))) {
            var execution = uploaded("sales.csv", target.url("/"));

            assertThat(execution.at("/error/code").textValue()).isEqualTo("HTTP_STATUS");
            assertThat(target.requests()).hasSize(1);
        }
    }

    @Test
    void noLinkLeadsOutAndNoFolderIsAFile(@TempDir Path outside) throws IOException {
        var secret = Files.writeString(outside.resolve("secret"), "secret");
        Files.createSymbolicLink(folder().resolve("link"), secret);
        Files.createSymbolicLink(folder().resolve("folder-link"), outside);
        Files.createDirectory(folder().resolve("folder"));
        try (var target = RawTarget.start(exchange -> answers(exchange, 200))) {
            for (String path : new String[] {"link", "folder-link/secret", "folder", "nothing"}) {
                var execution = uploaded(path, target.url("/"));

                assertThat(execution.at("/error/code").textValue()).as(path).isEqualTo("FILES_IO");
            }
            assertThat(target.requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "root    | {\"root\": \"nowhere\"}",
                "path    | {\"path\": \"../secret\"}",
                "path    | {\"path\": \"/etc/passwd\"}",
                "url     | {\"url\": \"file:///etc/passwd\"}",
                "url     | {\"url\": \"http://169.254.169.254/\"}",
                "method  | {\"method\": \"GET\"}",
                "headers | {\"headers\": {\"Host\": \"other\"}}"
            })
    void whatIsWrongIsNamed(String field, String fields) {
        var config =
                object().put("root", "tests").put("path", "a").put("url", "https://example.com/");
        config.setAll((ObjectNode) json(fields));
        var job = aJob().put("type", "file_upload");
        job.set("config", config);

        assertProblem(body(job).post(JOBS), 400, "invalid-request", "config." + field);
    }

    private Path folder() throws IOException {
        return Files.createDirectories(FilesRoot.PATH.resolve(folder));
    }

    private JsonNode uploaded(String path, String url) {
        var upload = object().put("type", "file_upload");
        upload.putObject("config")
                .put("root", "tests")
                .put("path", folder + "/" + path)
                .put("url", url)
                .putObject("headers")
                .put("Content-Type", "text/csv");
        upload.set("retry", json("{\"maxAttempts\": 2, \"delay\": \"1ms\"}"));
        return ended(submittedId(upload));
    }

    private static void answers(RawTarget.Exchange exchange, int status) throws IOException {
        exchange.says("HTTP/1.1 " + status + " Said\r\nContent-Length: 0\r\n\r\n");
    }
}
