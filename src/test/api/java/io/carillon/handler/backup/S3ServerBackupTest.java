package io.carillon.handler.backup;

import static io.carillon.handler.backup.BackupFixture.aBackup;
import static io.carillon.handler.backup.BackupFixture.bucketKeyOf;
import static io.carillon.handler.backup.BackupFixture.run;
import static io.carillon.handler.backup.BackupFixture.runAgain;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.FilesRoot;
import io.carillon.support.FreePort;
import io.carillon.support.Npm;
import io.carillon.support.Shell;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups to a server of S3 that somebody else has written. Skipped where there is no npm. */
@QuarkusTest
class S3ServerBackupTest {
    private static final String PACKAGE = "s3rver@3.7.1";
    private static final Path FOLDER = Path.of("target", "s3rver");

    /** Of the server itself. */
    private static final String KEY = "S3RVER";

    private static int port;
    private static @Nullable Process server;
    private static Path store;

    private final String folder = unique("documents");
    private final Path here = FilesRoot.PATH.resolve(folder);

    @BeforeAll
    static void startTheServer(@TempDir Path data) throws Exception {
        assumeTrue(Npm.install(FOLDER, PACKAGE), "no npm, or it could not install " + PACKAGE);
        store = data;
        port = FreePort.find();
        var log = FOLDER.resolve("log").toFile();
        server =
                new ProcessBuilder(
                                "node",
                                "node_modules/s3rver/bin/s3rver.js",
                                "--directory",
                                data.toString(),
                                "--address",
                                "127.0.0.1",
                                "--port",
                                Integer.toString(port),
                                "--configure-bucket",
                                "backups")
                        .directory(FOLDER.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log)
                        .start();
        await().atMost(Duration.ofSeconds(30)).until(S3ServerBackupTest::isListening);
    }

    private static boolean isListening() {
        try (var probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return probe.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    @AfterAll
    static void stopTheServer() {
        if (server != null) {
            server.destroyForcibly();
        }
    }

    @BeforeEach
    void make() throws IOException {
        byte[] random = new byte[7 << 20];
        new SecureRandom().nextBytes(random);
        Files.createDirectories(here);
        Files.write(here.resolve("random"), random);
    }

    private ObjectNode config() {
        var config = object().put("root", "tests").put("folder", folder);
        config.putObject("s3")
                .put("endpoint", "http://127.0.0.1:" + port)
                .put("bucket", "backups")
                .put("accessKey", KEY)
                .put("secretKey", BackupFixture.aSecret(KEY))
                .put("partSizeMib", 5);
        return config;
    }

    @Test
    void isFetchedAndRestored(@TempDir Path restored) throws Exception {
        String key = bucketKeyOf(run(config()));

        // It lets everybody read.
        var url = URI.create("http://127.0.0.1:%d/backups/%s".formatted(port, key)).toURL();
        try (var object = url.openStream()) {
            Files.copy(object, restored.resolve(key));
        }
        try (var checksum = URI.create(url + ".sha256").toURL().openStream()) {
            Files.copy(checksum, restored.resolve("sums"));
        }
        Shell.run(
                restored,
                Map.of(),
                "sha256sum --check sums && gunzip < '%s' | tar --extract".formatted(key));
        assertThat(restored.resolve("random")).hasSameBinaryContentAs(here.resolve("random"));
    }

    @Test
    void theNewestAreKept() throws IOException {
        String job = createdId(aBackup(config().put("keep", 1)));
        String first = bucketKeyOf(runAgain(job));

        var second = runAgain(job);

        assertThat(second.at("/result/deleted/0").textValue()).isEqualTo(first);
        String latest = bucketKeyOf(second);
        try (var files = Files.list(store.resolve("backups"))) {
            assertThat(files.map(each -> each.getFileName().toString()))
                    .noneMatch(file -> file.startsWith(first))
                    .anyMatch(file -> file.startsWith(latest + "._"));
        }
    }

    /** It knows keys, but does not compute signatures of version 4. */
    @Test
    void anUnknownKeyAndAMissingBucketAreToldApart() {
        var unknownKey = config();
        ((ObjectNode) unknownKey.get("s3")).put("accessKey", "AKIAUNKNOWN");
        var noBucket = config();
        ((ObjectNode) noBucket.get("s3")).put("bucket", "nowhere");

        var refused = run(unknownKey);

        assertThat(refused.at("/error/code").textValue()).isEqualTo("S3_DENIED");
        assertThat(refused.at("/error/message").textValue()).contains("InvalidAccessKeyId");
        assertThat(run(noBucket).at("/error/code").textValue()).isEqualTo("S3_NO_BUCKET");
    }
}
