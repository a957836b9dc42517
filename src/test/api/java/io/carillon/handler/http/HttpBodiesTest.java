package io.carillon.handler.http;

import static io.carillon.support.Api.aCallOf;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.submittedId;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.RawTarget;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the body of an answer is unpacked and read. */
@QuarkusTest
class HttpBodiesTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ISO-8859-1|text/plain; charset=ISO-8859-1",
                "UTF-16|text/plain;charset=utf-16",
                "windows-1252|text/plain; charset=\"windows-1252\"",
                "UTF-8|text/plain; charset=klingon",
                "UTF-8|text/plain",
                "UTF-8|;;="
            })
    void aBodyIsReadInTheCharsetItDeclares(String charset, String contentType) {
        try (var target =
                RawTarget.start(
                        exchange ->
                                exchange.ok(
                                        "Content-Type: " + contentType + "\r\n",
                                        "crème brûlée".getBytes(Charset.forName(charset))))) {
            assertThat(run(call(target, "/", "GET"), 1).at("/result/body").textValue())
                    .isEqualTo("crème brûlée");
        }
    }

    @Test
    void gzipIsUnpackedAlthoughNobodyAskedForIt() {
        try (var target =
                RawTarget.start(
                        exchange ->
                                exchange.ok(
                                        "Content-Encoding: gzip\r\n",
                                        gzip("packed".getBytes(StandardCharsets.UTF_8))))) {
            for (int call = 1; call <= 2; call++) {
                assertThat(run(call(target, "/", "GET"), 1).at("/result/body").textValue())
                        .isEqualTo("packed");
            }
            assertThat(target.connections()).isEqualTo(1);
        }
    }

    @Test
    void whatSaysThatItIsGzipAndIsNotIsTakenAsItIs() {
        try (var target =
                RawTarget.start(
                        exchange ->
                                exchange.ok(
                                        "Content-Encoding: gzip\r\n",
                                        "plain".getBytes(StandardCharsets.UTF_8)))) {
            assertThat(run(call(target, "/", "GET"), 1).at("/result/body").textValue())
                    .isEqualTo("plain");
        }
    }

    @Test
    void brokenGzipDoesNotFailAnExecutionThatSucceeded() throws IOException {
        byte[] packed = gzip(new byte[1000]);
        byte[] broken = Arrays.copyOf(packed, packed.length - 9);
        try (var target =
                RawTarget.start(exchange -> exchange.ok("Content-Encoding: gzip\r\n", broken))) {
            var execution = run(call(target, "/", "POST"), 3);

            assertThat(execution.get("state").textValue()).isEqualTo("SUCCEEDED");
            assertThat(execution.at("/result/bodyCut").asBoolean()).isTrue();
            assertThat(target.requests()).hasSize(1);
        }
    }

    @Test
    void aGzipBombStaysWithinTheCap() throws IOException {
        byte[] letters = new byte[100 << 20];
        Arrays.fill(letters, (byte) 'x');
        byte[] bomb = gzip(letters);
        try (var target =
                RawTarget.start(exchange -> exchange.ok("Content-Encoding: gzip\r\n", bomb))) {
            var result = run(call(target, "/", "GET"), 1).get("result");

            assertThat(result.get("body").textValue().length()).isEqualTo(60 * 1024);
            assertThat(result.get("bodyCut").asBoolean()).isTrue();
            assertThat(result.get("bodyBytes").asLong()).isBetween(16L << 20, 17L << 20);
        }
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(bytes);
        }
        return packed.toByteArray();
    }

    private static ObjectNode call(RawTarget target, String path, String method) {
        var call = aCallOf(target.url(path));
        config(call).put("method", method);
        return call;
    }

    private static ObjectNode config(ObjectNode submission) {
        return (ObjectNode) submission.get("config");
    }

    private static JsonNode run(ObjectNode submission, int attempts) {
        submission.set("retry", json("{\"maxAttempts\": " + attempts + ", \"delay\": \"1ms\"}"));
        return ended(submittedId(submission));
    }
}
