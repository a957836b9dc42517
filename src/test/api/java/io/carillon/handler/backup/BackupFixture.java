package io.carillon.handler.backup;

import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Api.unique;

import com.exceptionfactory.jagged.x25519.X25519KeyPairGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.FilesRoot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;

/** A folder for the backups of one test, and jobs that write to it. */
final class BackupFixture {
    final String folder = unique("backups");
    final Path path = FilesRoot.PATH.resolve(folder);

    BackupFixture() throws IOException {
        Files.createDirectories(path);
    }

    /** A key as {@code age-keygen} makes it. */
    static String aKey() {
        try {
            var key = new X25519KeyPairGenerator().generateKeyPair().getPrivate();
            return new String(key.getEncoded(), StandardCharsets.US_ASCII);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    ObjectNode config() {
        return object().put("to", "tests").put("toFolder", folder);
    }

    static ObjectNode aBackup(ObjectNode config) {
        var job = aJob().put("type", "backup_task").put("timeout", "10m");
        job.set("config", config);
        job.putObject("retry").put("maxAttempts", 1);
        return job;
    }

    /** Creates a job, runs it once and returns the ended execution. */
    static JsonNode run(ObjectNode config) {
        return runAgain(createdId(aBackup(config)));
    }

    static JsonNode runAgain(String jobId) {
        // What is not reached is tried three times, and a resolver may be slow to know no host.
        return ended(triggered(jobId, "{}").get("id").textValue(), Duration.ofSeconds(60));
    }

    /** The file that a successful execution has written. */
    static Path fileOf(JsonNode execution) {
        if (!execution.get("state").textValue().equals("SUCCEEDED")) {
            throw new AssertionError(execution.toPrettyString());
        }
        return FilesRoot.PATH.resolve(execution.at("/result/file").textValue());
    }

    /** The key of the object that a successful execution has written. */
    static String bucketKeyOf(JsonNode execution) {
        if (!execution.get("state").textValue().equals("SUCCEEDED")) {
            throw new AssertionError(execution.toPrettyString());
        }
        return execution.at("/result/file").textValue();
    }

    /** Stores a secret and returns the placeholder of it. */
    static String aSecret(String value) {
        String name = unique("secret");
        body(object().put("value", value)).put("/api/v1/secrets/" + name);
        return "{{secret." + name + "}}";
    }

    List<String> files() throws IOException {
        try (var all = Files.list(path)) {
            return all.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }
}
