package io.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.support.FreePort;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** With no database configured, one starts inside, and its data stay. */
class EmbeddedIT {
    private static final Pattern URL =
            Pattern.compile("JDBC_URL='jdbc:postgresql://localhost:(\\d+)/");

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @Test
    void itsDataOutliveAStopAndAKillAndASecondReplicaJoinsIt() throws Exception {
        int port = FreePort.find();
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
            assertThat(replica.said())
                    .startsWith("The embedded PostgreSQL did not start")
                    .hasLineCount(1);
        }
    }

    /** Before, each joined whatever PostgreSQL answered on the port that it was told to use. */
    @Test
    void withoutAConfiguredPortEachFolderHasAServerOfItsOwnAndKeepsItsPort() throws Exception {
        try (var first = startWithoutPort("first").awaitReady();
                var second = startWithoutPort("second").awaitReady()) {
            create(first, "of-the-first");
            create(second, "of-the-second");
            assertThat(names(first)).containsExactly("of-the-first");
            assertThat(names(second)).containsExactly("of-the-second");

            int port = portOf(second);
            assertThat(port).isNotEqualTo(portOf(first)).isNotEqualTo(15432);
            second.stop();
            try (var again = startWithoutPort("second").awaitReady()) {
                assertThat(portOf(again)).isEqualTo(port);
                assertThat(names(again)).containsExactly("of-the-second");
            }
        }
    }

    @Test
    void aConfiguredPortThatIsTakenEndsTheStartWithASentence() throws Exception {
        try (var taken = new ServerSocket(0);
                var replica =
                        Replica.startEmbedded(configuration("postgres", taken.getLocalPort()))) {
            assertThat(replica.awaitEnd()).isEqualTo(1);
            assertThat(replica.said())
                    .contains(
                            "carillon.embedded.port is %d, and another program listens"
                                    .formatted(taken.getLocalPort()))
                    .hasLineCount(1);
        }
    }

    /** What a checkout is that was copied while its server ran. */
    @Test
    void aCopiedFolderDoesNotAdoptTheServerOfTheOriginal() throws Exception {
        try (var original =
                Replica.startEmbedded(configuration("postgres", FreePort.find())).awaitReady()) {
            Files.createDirectories(folder.resolve("copy"));
            Files.copy(
                    folder.resolve("postgres/postmaster.pid"),
                    folder.resolve("copy/postmaster.pid"));

            try (var copy = Replica.startEmbedded(configuration("copy", FreePort.find()))) {
                assertThat(copy.awaitEnd()).isEqualTo(1);
                assertThat(copy.said()).contains("postmaster.pid is of process").hasLineCount(1);
            }
            assertThat(original.isReady()).isTrue();
        }
    }

    @Test
    void aProcessIdThatIsAnotherProgramsByNowPreventsNothing() throws Exception {
        var configuration = configuration("postgres", FreePort.find());
        try (var before = Replica.startEmbedded(configuration).awaitReady()) {
            before.stop();
        }
        var pidFile = folder.resolve("postgres/postmaster.pid");
        Files.writeString(
                pidFile,
                "%d%n%s%n1%n%s%n%n%n"
                        .formatted(
                                ProcessHandle.current().pid(),
                                pidFile.getParent(),
                                configuration.get("CARILLON_EMBEDDED_PORT")));

        try (var after = Replica.startEmbedded(configuration).awaitReady()) {
            after.stop();
        }
        assertThat(pidFile).doesNotExist();
    }

    private Map<String, String> configuration(String name, int port) {
        return Map.of(
                "CARILLON_EMBEDDED_DATA_DIR",
                folder.resolve(name).toString(),
                "CARILLON_EMBEDDED_PORT",
                Integer.toString(port));
    }

    private Replica startWithoutPort(String name) {
        return Replica.startEmbedded(
                Map.of("CARILLON_EMBEDDED_DATA_DIR", folder.resolve(name).toString()));
    }

    private static int portOf(Replica replica) {
        var url = URL.matcher(replica.log());
        assertThat(url.find()).as("the log names the address").isTrue();
        return Integer.parseInt(url.group(1));
    }

    private static void create(Replica replica, String name) throws Exception {
        assertThat(new Api(replica).post("/jobs", Map.of("name", name, "type", "noop")).status())
                .isEqualTo(201);
    }

    private static List<String> names(Replica replica) throws Exception {
        return new Api(replica).get("/jobs").body().path("items").findValuesAsText("name");
    }
}
