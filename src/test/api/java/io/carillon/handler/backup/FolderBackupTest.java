package io.carillon.handler.backup;

import static io.carillon.handler.backup.BackupFixture.aBackup;
import static io.carillon.handler.backup.BackupFixture.aKey;
import static io.carillon.handler.backup.BackupFixture.fileOf;
import static io.carillon.handler.backup.BackupFixture.run;
import static io.carillon.handler.backup.BackupFixture.runAgain;
import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.files.FileRoots;
import io.carillon.support.FilesRoot;
import io.carillon.support.Shell;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Folders that are backed up, and restored by the programs that people have. */
@QuarkusTest
class FolderBackupTest {
    private static final String SECRETS = "/api/v1/secrets/";

    private final String folder = unique("documents");
    private final Path here = FilesRoot.PATH.resolve(folder);
    private BackupFixture backups;

    @Inject FileRoots roots;

    @BeforeEach
    void make() throws IOException {
        backups = new BackupFixture();
        Files.createDirectories(here.resolve("below/empty"));
        Files.writeString(here.resolve("below/plain.txt"), "data");
    }

    private ObjectNode config() {
        return backups.config().put("root", "tests").put("folder", folder);
    }

    @ParameterizedTest
    @CsvSource({"gzip, gunzip, .tar.gz", "zstd, zstd -d, .tar.zst", "none, cat, .tar"})
    void isRestoredWithHostileNamesByTar(
            String compression, String program, String suffix, @TempDir Path restored)
            throws Exception {
        assumeTrue(Shell.has(program.split(" ")[0]), program + " is not on the PATH");
        for (String name :
                new String[] {
                    "new\nline",
                    "-rf",
                    "$(reboot)",
                    "*",
                    " ",
                    "ü\u202e\u0001",
                    "back\\slash",
                    "%41",
                    "long".repeat(60)
                }) {
            Files.writeString(here.resolve(name), "content of " + name);
        }
        Files.write(Path.of(URI.create(here.toUri() + "no-text-%FF%FE")), new byte[200_000]);
        Files.setPosixFilePermissions(
                here.resolve("below/plain.txt"), PosixFilePermissions.fromString("rwxr-x--x"));
        Files.setLastModifiedTime(
                here.resolve("below/plain.txt"),
                FileTime.from(Instant.parse("2001-02-03T04:05:06Z")));

        var execution = run(config().put("compression", compression));

        var file = fileOf(execution);
        assertThat(file.toString()).endsWith(suffix);
        Shell.run(
                restored,
                Map.of("FILE", file.toString()),
                program + " < \"$FILE\" | tar --extract");
        String list = "find . -printf '%P %y %m %TY%Tm%Td%TH%TM\\n' -type f -exec sha256sum {} +";
        assertThat(sorted(Shell.run(restored, Map.of(), list + " | sort")))
                .isEqualTo(sorted(Shell.run(here, Map.of(), list + " | sort")));
        assertThat(execution.at("/result/files").intValue()).isEqualTo(11);
        assertThat(execution.at("/result/folders").intValue()).isEqualTo(2);
        assertThat(execution.at("/result/bytes").longValue()).isEqualTo(Files.size(file));
        assertThat(execution.at("/result/sha256").textValue())
                .isEqualTo(
                        HexFormat.of()
                                .formatHex(
                                        MessageDigest.getInstance("SHA-256")
                                                .digest(Files.readAllBytes(file))));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(backups.files()).containsExactly(file.getFileName().toString());
    }

    /** The folder itself is not in the archive; its own time is not restored. */
    private static String sorted(String listing) {
        return listing.lines().filter(line -> !line.startsWith(" d ")).toList().toString();
    }

    @Test
    void linksAndPipesAreLeftOutAndCounted(@TempDir Path outside) throws Exception {
        Files.writeString(outside.resolve("precious"), "secret");
        Files.createSymbolicLink(here.resolve("folder-link"), outside);
        Files.createSymbolicLink(here.resolve("file-link"), outside.resolve("precious"));
        Shell.run(here, Map.of(), "mkfifo pipe");

        var execution = run(config().put("compression", "none"));

        assertThat(execution.at("/result/skipped").intValue()).isEqualTo(3);
        assertThat(Files.readString(fileOf(execution)))
                .contains("plain.txt")
                .doesNotContain("secret");
    }

    @Test
    void theNewestAreKeptAndOnlyThoseOfTheJobAreDeleted() throws Exception {
        String job = createdId(aBackup(config().put("keep", 2).put("name", "docs")));
        var first = fileOf(runAgain(job));
        String name = first.getFileName().toString();
        var others =
                new Path[] {
                    Files.createFile(
                            backups.path.resolve("docs-000000000000-20200101T000000000Z.tar.gz")),
                    Files.createFile(backups.path.resolve(name + ".txt")),
                    Files.createFile(backups.path.resolve("." + name + ".7.part"))
                };
        var abandoned = Files.createFile(backups.path.resolve("." + name + ".1.part"));
        Files.setLastModifiedTime(
                abandoned, FileTime.from(Instant.now().minus(Duration.ofDays(2))));

        var second = fileOf(runAgain(job));
        var third = runAgain(job);

        assertThat(name).matches("docs-[0-9a-f]{12}-\\d{8}T\\d{9}Z\\.tar\\.gz");
        assertThat(third.at("/result/deleted")).isEqualTo(json("[\"" + name + "\"]"));
        assertThat(first).doesNotExist();
        assertThat(abandoned).doesNotExist();
        assertThat(second).exists();
        assertThat(fileOf(third)).exists();
        assertThat(others).allMatch(Files::exists);
    }

    /** Of two executions the one that began first may end last. */
    @Test
    void aNewerOneIsNotDeleted() throws Exception {
        String job = createdId(aBackup(config().put("keep", 1)));
        String first = fileOf(runAgain(job)).getFileName().toString();
        String newer = first.replaceAll("-\\d{8}T\\d{9}Z", "-29990101T000000000Z");
        Files.createFile(backups.path.resolve(newer));

        String latest = fileOf(runAgain(job)).getFileName().toString();

        assertThat(backups.files()).containsExactly(latest, newer);
    }

    @Test
    void anEncryptedOneIsOpenedByAgeWithItsKeyAlone(@TempDir Path restored) throws Exception {
        String key = aKey();
        String secret = unique("backup-key");
        body(object().put("value", key)).put(SECRETS + secret);

        var execution = run(config().put("encryptionKey", "{{secret." + secret + "}}"));

        var file = fileOf(execution);
        assertThat(file.toString()).endsWith(".tar.gz.age");
        assertThat(execution.toString()).doesNotContain(key);
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                .startsWith("age-encryption.org/v1\n");
        assumeTrue(Shell.has("age"), "age is not on the PATH");
        Files.writeString(restored.resolve("key.txt"), key);
        Shell.run(
                restored,
                Map.of("FILE", file.toString()),
                "age --decrypt --identity key.txt \"$FILE\" | gunzip | tar --extract");
        assertThat(restored.resolve("below/plain.txt")).hasContent("data");
    }

    /** Whatever a disk has made of it. */
    @ParameterizedTest
    @CsvSource({"NONE, false", "GZIP, false", "ZSTD, false", "NONE, true", "GZIP, true"})
    void whatCannotBeReadBackIsNoBackup(
            Compression compression, boolean isEncrypted, @TempDir Path written) throws Exception {
        byte[] random = new byte[200_000];
        new SecureRandom().nextBytes(random);
        Files.write(here.resolve("random"), random);
        var pipeline =
                new Pipeline(
                        new FolderSource(roots, "tests", folder),
                        compression,
                        isEncrypted ? AgeKey.of(aKey()) : null);
        var file = written.resolve("backup");
        String sha256;
        try (var channel = FileChannel.open(file, CREATE_NEW, WRITE)) {
            sha256 = pipeline.write(Channels.newOutputStream(channel));
        }
        byte[] whole = Files.readAllBytes(file);
        byte[] changed = whole.clone();
        changed[150_000] ^= 1;

        try (var channel = FileChannel.open(file)) {
            pipeline.verify(Channels.newInputStream(channel), sha256);
        }
        for (byte[] wrong : List.of(Arrays.copyOf(whole, 100_000), changed)) {
            Files.write(file, wrong);
            try (var channel = FileChannel.open(file)) {
                assertThatExceptionOfType(BackupException.class)
                        .isThrownBy(() -> pipeline.verify(Channels.newInputStream(channel), sha256))
                        .matches(each -> each.outcome().code().equals("BACKUP_UNVERIFIED"));
            }
        }
    }

    @Test
    void whatIsNoKeyOfAgeIsSaidAndLeavesNothing() throws IOException {
        String secret = unique("no-key");
        body(object().put("value", "hunter2")).put(SECRETS + secret);

        var execution = run(config().put("encryptionKey", "{{secret." + secret + "}}"));

        assertThat(execution.at("/error/code").textValue()).isEqualTo("BACKUP_KEY");
        assertThat(execution.toString()).doesNotContain("hunter2");
        assertThat(backups.files()).isEmpty();
    }

    @Test
    void aFolderThatIsMissingFailsAndLeavesNothing() throws IOException {
        var source = run(config().put("folder", "nowhere"));
        var destination = run(config().put("toFolder", "nowhere"));

        assertThat(source.at("/error/code").textValue()).isEqualTo("FILES_IO");
        assertThat(destination.at("/error/code").textValue()).isEqualTo("FILES_IO");
        assertThat(backups.files()).isEmpty();
    }

    @Test
    void aSubmissionIsBackedUpUnderItsOwnName() throws IOException {
        var submission = object().put("type", "backup_task");
        submission.set("config", config().put("keep", 1));

        fileOf(ended(submittedId(submission)));
        fileOf(ended(submittedId(submission)));

        assertThat(backups.files()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "datasource    | {\"datasource\": \"shop\"}",
                "datasource,folder | {\"root\": null}",
                "datasource    | {\"root\": null, \"folder\": null, \"datasource\": \"payroll\"}",
                "root          | {\"root\": \"nowhere\"}",
                "folder        | {\"folder\": \"../etc\"}",
                "to            | {\"to\": null}",
                "to            | {\"to\": \"nowhere\"}",
                "to            | {\"to\": \"\"}",
                "toFolder      | {\"toFolder\": \"a/../..\"}",
                "toFolder      | {\"folder\": null}",
                "name          | {\"name\": \"../x\"}",
                "keep          | {\"keep\": 0}",
                "format        | {\"format\": \"plain\"}",
                "format        | {\"format\": \"tar\"}",
                "compression   | {\"compression\": \"rar\"}",
                "encryptionKey | {\"encryptionKey\": \"AGE-SECRET-KEY-1X\"}",
                "encryptionKey | {\"encryptionKey\": \"a{{secret.x}}\"}"
            })
    void aWrongConfigIsRefusedByItsFields(String fields, String wrong) {
        var config = config();
        config.setAll((ObjectNode) json(wrong));

        assertProblem(
                body(aBackup(config)).post(JOBS),
                400,
                "invalid-request",
                Stream.of(fields.split(",")).map(each -> "config." + each).toArray(String[]::new));
    }
}
