package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.support.FreePort;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The master key of secrets beside an embedded database, and a start with another. */
class MasterKeyIT {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @Test
    void oneIsMadeBesideTheEmbeddedDatabaseAndAnotherEndsTheStart() throws Exception {
        var configuration = new HashMap<String, String>();
        configuration.put("CARILLON_EMBEDDED_DATA_DIR", folder.resolve("postgres").toString());
        configuration.put("CARILLON_EMBEDDED_PORT", Integer.toString(FreePort.find()));
        var file = folder.resolve("postgres.secrets-key");

        try (var first = Replica.startEmbedded(configuration).awaitReady()) {
            assertThat(put(first)).isEqualTo(201);
            first.stop();
            assertThat(first.log()).containsOnlyOnce("master key of secrets made in " + file);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");

        var other = new HashMap<>(configuration);
        other.put("CARILLON_SECRETS_KEY", "YW5vdGhlciBrZXksIHdoaWNoIHJlYWRzIG5vdGhpbmc=");
        try (var refused = Replica.startEmbedded(other)) {
            assertThat(refused.awaitEnd()).isEqualTo(1);
            assertThat(refused.said())
                    .containsOnlyOnce("secrets are stored under the master key")
                    .doesNotContain("\tat ", "YW5vdGhlciBrZXk");
        }

        try (var again = Replica.startEmbedded(configuration).awaitReady()) {
            assertThat(put(again)).as("replaced").isEqualTo(200);
            assertThat(again.log()).doesNotContain("master key of secrets made");
            again.stop();
        }
    }

    private static int put(Replica replica) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(replica.uri("/api/v1/secrets/token"))
                                    .header("Content-Type", "application/json")
                                    .PUT(
                                            HttpRequest.BodyPublishers.ofString(
                                                    "{\"value\": \"hunter2\"}"))
                                    .build(),
                            BodyHandlers.discarding())
                    .statusCode();
        }
    }
}
