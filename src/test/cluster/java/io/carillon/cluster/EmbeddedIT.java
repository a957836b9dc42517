package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** With no database configured, one starts inside, and its data stay. */
class EmbeddedIT {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @Test
    void itsDataOutliveAStopAndAKillAndASecondReplicaJoinsIt() throws Exception {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        var configuration =
                Map.of(
                        "CARILLON_EMBEDDED_DATA_DIR",
                        folder.resolve("postgres").toString(),
                        "CARILLON_EMBEDDED_PORT",
                        Integer.toString(port));

        try (var first = Replica.startEmbedded(configuration).awaitReady()) {
            create(first, "before-the-stop");
            first.stop();
        }
        assertThat(folder.resolve("postgres/postmaster.pid")).doesNotExist();

        try (var second = Replica.startEmbedded(configuration).awaitReady();
                var joined = Replica.startEmbedded(configuration).awaitReady()) {
            assertThat(names(joined)).containsExactly("before-the-stop");
            create(joined, "before-the-kill");
            joined.stop();
            assertThat(names(second)).containsExactly("before-the-kill", "before-the-stop");
            second.kill();
        }
        assertThat(Files.exists(folder.resolve("postgres/postmaster.pid")))
                .as("the orphan runs")
                .isTrue();

        try (var third = Replica.startEmbedded(configuration).awaitReady()) {
            assertThat(names(third)).containsExactly("before-the-kill", "before-the-stop");
            third.stop();
        }
        assertThat(folder.resolve("postgres/postmaster.pid"))
                .as("the adopted server")
                .doesNotExist();
    }

    @Test
    void withoutADatabaseItEndsWithASentence() throws Exception {
        var file = Files.createFile(folder.resolve("file"));
        var configuration = Map.of("CARILLON_EMBEDDED_DATA_DIR", file.resolve("data").toString());

        try (var replica = Replica.startEmbedded(configuration)) {
            assertThat(replica.awaitEnd()).isEqualTo(1);
            assertThat(replica.log())
                    .startsWith("The embedded PostgreSQL did not start")
                    .hasLineCount(1);
        }
    }

    private static void create(Replica replica, String name) throws Exception {
        assertThat(new Api(replica).post("/jobs", Map.of("name", name, "type", "noop")).status())
                .isEqualTo(201);
    }

    private static List<String> names(Replica replica) throws Exception {
        return new Api(replica).get("/jobs").body().path("items").findValuesAsText("name");
    }
}
