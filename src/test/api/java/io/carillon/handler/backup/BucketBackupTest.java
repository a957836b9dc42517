package io.carillon.handler.backup;

import static io.carillon.handler.backup.BackupFixture.aBackup;
import static io.carillon.handler.backup.BackupFixture.run;
import static io.carillon.handler.backup.BackupFixture.runAgain;
import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.post;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Api.unique;
import static io.carillon.support.Problems.assertProblem;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.FakeBucket;
import io.carillon.support.FakeBucket.Fault;
import io.carillon.support.FilesRoot;
import io.carillon.support.FreePort;
import io.carillon.support.LoggedLines;
import io.carillon.support.Shell;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders that are backed up to a bucket, also to one that misbehaves. */
@QuarkusTest
class BucketBackupTest {
    private static final Duration LONG_AGO = Duration.ofHours(25);
    private static final Duration NOT_LONG_AGO = Duration.ofHours(23);

    private final String folder = unique("documents");
    private final Path here = FilesRoot.PATH.resolve(folder);
    private final FakeBucket bucket = new FakeBucket();
    private String secret;

    @BeforeEach
    void make() throws IOException {
        secret = BackupFixture.aSecret("hunter2");
        Files.createDirectories(here);
        Files.writeString(here.resolve("plain.txt"), "data");
    }

    @AfterEach
    void close() {
        bucket.close();
    }

    private ObjectNode config() {
        var config = object().put("root", "tests").put("folder", folder);
        config.putObject("s3")
                .put("endpoint", bucket.endpoint())
                .put("bucket", FakeBucket.NAME)
                .put("prefix", "carillon/shop")
                .put("accessKey", FakeBucket.ACCESS_KEY)
                .put("secretKey", secret);
        return config;
    }

    private static String errorOf(JsonNode execution) {
        return execution.at("/error/code").textValue();
    }

    @Test
    void whatIsLargerThanAPartIsRestoredWhole(@TempDir Path restored) throws Exception {
        byte[] random = new byte[12 << 20];
        new SecureRandom().nextBytes(random);
        Files.write(here.resolve("random"), random);
        var config = config().put("compression", "none");
        ((ObjectNode) config.get("s3")).put("partSizeMib", 5);

        var execution = run(config);

        String key = BackupFixture.bucketKeyOf(execution);
        assertThat(key).startsWith("carillon/shop/" + folder).endsWith(".tar");
        assertThat(bucket.keys()).containsExactly(key, key + ".sha256");
        assertThat(bucket.asked()).filteredOn("UploadPart"::equals).hasSize(3);
        String file = key.substring(key.lastIndexOf('/') + 1);
        Files.write(restored.resolve(file), bucket.bytes(key));
        Files.write(restored.resolve("sums"), bucket.bytes(key + ".sha256"));
        Shell.run(
                restored,
                Map.of(),
                "sha256sum --check sums && tar --extract --file='%s' random".formatted(file));
        assertThat(Files.readAllBytes(restored.resolve("random"))).isEqualTo(random);
        var result = execution.get("result");
        assertThat(result.get("bucket").textValue()).isEqualTo(FakeBucket.NAME);
        assertThat(result.get("bytes").longValue()).isEqualTo(bucket.bytes(key).length);
        assertThat(bucket.bytes(key + ".sha256"))
                .asString(UTF_8)
                .startsWith(result.get("sha256").textValue());
    }

    @Test
    void ofThisJobAloneTheNewestAreKept() {
        String job = createdId(aBackup(config().put("keep", 2)));
        String other = BackupFixture.bucketKeyOf(run(config().put("keep", 1)));
        bucket.put("carillon/shop/" + folder + "-by-hand.tar", "mine", ago(LONG_AGO));

        var first = BackupFixture.bucketKeyOf(runAgain(job));
        var second = BackupFixture.bucketKeyOf(runAgain(job));
        var third = runAgain(job);

        String latest = BackupFixture.bucketKeyOf(third);
        assertThat(bucket.keys())
                .containsExactlyInAnyOrder(
                        other,
                        other + ".sha256",
                        second,
                        second + ".sha256",
                        latest,
                        latest + ".sha256",
                        "carillon/shop/" + folder + "-by-hand.tar");
        assertThat(third.at("/result/deleted/0").textValue())
                .isEqualTo(first.substring("carillon/shop/".length()));
    }

    /** Of two executions the one that began first may end last. */
    @Test
    void aNewerOneIsNotDeleted() {
        String job = createdId(aBackup(config().put("keep", 1)));
        String first = BackupFixture.bucketKeyOf(runAgain(job));
        String newer = first.replaceAll("-\\d{8}T\\d{9}Z", "-29990101T000000000Z");
        bucket.put(newer, "made meanwhile", Instant.now());
        bucket.put(newer + ".sha256", "of it", Instant.now());

        String latest = BackupFixture.bucketKeyOf(runAgain(job));

        assertThat(bucket.keys())
                .containsExactly(latest, latest + ".sha256", newer, newer + ".sha256");
    }

    /** Whatever goes wrong, the backup before is there, and nothing else. */
    @ParameterizedTest
    @CsvSource({
        "CreateMultipartUpload,   HANG_UP, HTTP_IO",
        "CreateMultipartUpload,   DENY,    S3_DENIED",
        "CreateMultipartUpload,   UNKNOWN, S3_ERROR",
        "UploadPart,              HANG_UP, HTTP_IO",
        "UploadPart,              DENY,    S3_DENIED",
        "CompleteMultipartUpload, HANG_UP, HTTP_IO",
        "CompleteMultipartUpload, SILENT,  S3_ERROR",
        "GetObject,               DENY,    S3_DENIED",
        "GetObject,               SPOIL,   BACKUP_UNVERIFIED",
        "PutObject,               DENY,    S3_DENIED"
    })
    void aFailedAttemptLeavesWhatWasThere(String operation, Fault fault, String code) {
        String job = createdId(aBackup(config().put("keep", 1)));
        String good = BackupFixture.bucketKeyOf(runAgain(job));
        bucket.fail(operation, fault);

        var execution = runAgain(job);

        assertThat(errorOf(execution)).as(execution.toPrettyString()).isEqualTo(code);
        assertThat(bucket.keys()).containsExactly(good, good + ".sha256");
        assertThat(bucket.uploads()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"UploadPart, true", "UploadPart, false", "CompleteMultipartUpload, true"})
    void whenItIsEndedTheUploadIsAborted(String operation, boolean isCancelled) {
        bucket.fail(operation, Fault.HOLD);
        var job = aBackup(config()).put("timeout", isCancelled ? "10m" : "10s");
        String id = triggered(createdId(job), "{}").get("id").textValue();
        await().atMost(Duration.ofSeconds(15)).until(() -> bucket.asked().contains(operation));

        if (isCancelled) {
            post(EXECUTIONS + "/{id}/cancel", id);
        }

        assertThat(ended(id).get("state").textValue())
                .isEqualTo(isCancelled ? "CANCELLED" : "FAILED");
        await().until(() -> bucket.uploads().isEmpty());
        assertThat(bucket.keys()).isEmpty();
    }

    /** The store answers nothing any more, not even that the upload is gone. */
    @Test
    void whenItIsCancelledItsPlaceIsFreeSoon() {
        bucket.fail("UploadPart", Fault.HOLD);
        bucket.fail("AbortMultipartUpload", Fault.HOLD);
        String id = triggered(createdId(aBackup(config())), "{}").get("id").textValue();
        await().atMost(Duration.ofSeconds(15)).until(() -> bucket.asked().contains("UploadPart"));

        post(EXECUTIONS + "/{id}/cancel", id);

        assertThat(ended(id, Duration.ofSeconds(60)).get("state").textValue())
                .isEqualTo("CANCELLED");
        assertThat(bucket.asked()).contains("AbortMultipartUpload");
    }

    @Test
    void whenItIsEndedWhileItIsReadBackTheObjectIsDeleted() {
        bucket.fail("GetObject", Fault.STALL);
        String id = triggered(createdId(aBackup(config())), "{}").get("id").textValue();
        await().atMost(Duration.ofSeconds(15)).until(() -> bucket.asked().contains("GetObject"));

        post(EXECUTIONS + "/{id}/cancel", id);

        assertThat(ended(id).get("state").textValue()).isEqualTo("CANCELLED");
        await().until(() -> bucket.keys().isEmpty());
        assertThat(bucket.uploads()).isEmpty();
    }

    @Test
    void whatAKilledAttemptHasLeftCountsForNothingAndGoesAfterADay() {
        String job = createdId(aBackup(config().put("keep", 2)));
        String good = BackupFixture.bucketKeyOf(runAgain(job));
        String unread = good.replaceAll("-\\d{8}T\\d{9}Z", "-29990101T000000000Z");
        String abandoned = good.replaceAll("-\\d{8}T\\d{9}Z", "-29990102T000000000Z");
        String checksum = good.replaceAll("-\\d{8}T\\d{9}Z", "-29990103T000000000Z") + ".sha256";
        bucket.put(unread, "not read back yet", ago(NOT_LONG_AGO));
        bucket.put(abandoned, "never read back", ago(LONG_AGO));
        bucket.put(checksum, "of nothing", ago(LONG_AGO));
        bucket.beginUpload(unread, ago(NOT_LONG_AGO));
        bucket.beginUpload(abandoned, ago(LONG_AGO));
        bucket.beginUpload(abandoned + "-of-somebody-else", ago(LONG_AGO));

        String latest = BackupFixture.bucketKeyOf(runAgain(job));

        assertThat(bucket.keys())
                .containsExactlyInAnyOrder(
                        good, good + ".sha256", latest, latest + ".sha256", unread);
        assertThat(bucket.uploads())
                .containsExactlyInAnyOrder(unread, abandoned + "-of-somebody-else");
    }

    /** Of what is sent in parts a store may say when that was begun. */
    @Test
    void whatALongExecutionIsWritingIsNotTakenForAbandoned() {
        String job = createdId(aBackup(config()).put("timeout", "20h"));
        String good = BackupFixture.bucketKeyOf(runAgain(job));
        String written = good.replaceAll("-\\d{8}T\\d{9}Z", "-29990101T000000000Z");
        String abandoned = good.replaceAll("-\\d{8}T\\d{9}Z", "-29990102T000000000Z");
        bucket.put(written, "not read back yet", ago(Duration.ofHours(39)));
        bucket.beginUpload(written, ago(Duration.ofHours(39)));
        bucket.put(abandoned, "never read back", ago(Duration.ofHours(41)));
        bucket.beginUpload(abandoned, ago(Duration.ofHours(41)));

        BackupFixture.bucketKeyOf(runAgain(job));

        assertThat(bucket.keys()).contains(written).doesNotContain(abandoned);
        assertThat(bucket.uploads()).containsExactly(written);
    }

    private static Instant ago(Duration age) {
        return Instant.now().minus(age);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UNKNOWN", "DENY"})
    void aStoreThatDoesNotListUploadsIsBackedUpTo(Fault fault) {
        bucket.fail("ListMultipartUploads", fault);

        BackupFixture.bucketKeyOf(run(config().put("keep", 1)));
    }

    @Test
    void thatOlderOnesCannotBeDeletedIsSaidOfABackupThatIsThere() {
        String job = createdId(aBackup(config().put("keep", 1)));
        runAgain(job);
        bucket.fail("DeleteObject", Fault.DENY);

        var execution = runAgain(job);

        assertThat(errorOf(execution)).isEqualTo("S3_DENIED");
        assertThat(execution.at("/error/message").textValue())
                .startsWith("the backup is made, but older ones could not be deleted");
        assertThat(bucket.keys()).contains(execution.at("/result/file").textValue());
    }

    /** What a store lists of others is not touched, nor what has no time. */
    @ParameterizedTest
    @ValueSource(strings = {"ALL", "NO_TIMES"})
    void aStoreThatListsAsItLikesIsBackedUpTo(Fault fault) {
        String job = createdId(aBackup(config().put("keep", 1)));
        String good = BackupFixture.bucketKeyOf(runAgain(job));
        String foreign = "elsewhere/" + good.substring("carillon/shop/".length());
        for (String key : List.of("a", foreign)) {
            bucket.put(key, "of somebody else", ago(LONG_AGO));
            bucket.beginUpload(key, ago(LONG_AGO));
        }
        String unread = good.replaceAll("-\\d{8}T\\d{9}Z", "-29990101T000000000Z");
        bucket.put(unread, "not read back yet", ago(NOT_LONG_AGO));
        bucket.beginUpload(unread, ago(NOT_LONG_AGO));
        bucket.fail("ListObjectsV2", fault);
        bucket.fail("ListMultipartUploads", fault);

        BackupFixture.bucketKeyOf(runAgain(job));

        assertThat(bucket.keys()).contains("a", foreign, unread);
        assertThat(bucket.uploads()).containsExactlyInAnyOrder("a", foreign, unread);
    }

    @Test
    void aListThatCannotBeReadEndsTheDeletionOfOlderOnes() {
        bucket.fail("ListObjectsV2", Fault.NO_INSTANTS);

        var execution = run(config().put("keep", 1));

        assertThat(errorOf(execution)).as(execution.toPrettyString()).isEqualTo("S3_ERROR");
        assertThat(execution.at("/error/message").textValue()).startsWith("the backup is made");
        assertThat(bucket.keys()).contains(execution.at("/result/file").textValue());
    }

    /** A store chooses what it answers, and memory is for all. */
    @ParameterizedTest
    @CsvSource({"HUGE, longer than 4 MiB", "ENDLESS, 'more than 100,000 entries'"})
    void aListWithoutEndEndsTheDeletionOfOlderOnes(Fault fault, String message) {
        bucket.fail("ListObjectsV2", fault);

        var execution = run(config().put("keep", 1));

        assertThat(errorOf(execution)).as(execution.toPrettyString()).isEqualTo("S3_ERROR");
        assertThat(execution.at("/error/message").textValue())
                .startsWith("the backup is made")
                .contains(message);
        assertThat(bucket.keys()).contains(execution.at("/result/file").textValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"HUGE", "ENDLESS"})
    void aListOfUploadsWithoutEndIsLeft(Fault fault) {
        String job = createdId(aBackup(config()));
        bucket.beginUpload(BackupFixture.bucketKeyOf(runAgain(job)), ago(NOT_LONG_AGO));
        bucket.fail("ListMultipartUploads", fault);

        BackupFixture.bucketKeyOf(runAgain(job));

        assertThat(bucket.asked()).filteredOn("ListMultipartUploads"::equals).hasSizeLessThan(20);
    }

    @Test
    void whatIsWrongWithTheStoreIsToldApart() {
        var noBucket = config();
        ((ObjectNode) noBucket.get("s3")).put("bucket", "nowhere");
        var wrongKey = config();
        ((ObjectNode) wrongKey.get("s3")).put("accessKey", "AKIAOTHER");
        var nobody = config();
        ((ObjectNode) nobody.get("s3")).put("endpoint", "http://localhost:" + FreePort.find());
        var noHost = config();
        ((ObjectNode) noHost.get("s3")).put("endpoint", "http://store.invalid");

        assertThat(Stream.of(noBucket, wrongKey, nobody, noHost).map(each -> errorOf(run(each))))
                .containsExactly("S3_NO_BUCKET", "S3_DENIED", "HTTP_CONNECT", "HTTP_CONNECT");
    }

    /** By the host: the guard asks for the address of the bucket's own name. */
    @Test
    void aBucketInTheHostIsAskedForThere() {
        var config = config();
        ((ObjectNode) config.get("s3"))
                .put("endpoint", "http://store.invalid")
                .put("pathStyle", false);

        var execution = run(config);

        assertThat(execution.at("/error/message").textValue()).contains("could not resolve");
    }

    @Test
    void noSecretIsShown() {
        bucket.fail("UploadPart", Fault.DENY);

        assertThat(run(config()).toString()).doesNotContain("hunter2");
    }

    /** A key begins as the job says, perhaps by a secret; and the store says what it likes. */
    @Test
    void whatIsLeftBehindIsLoggedWithoutSecrets() {
        var config = config();
        ((ObjectNode) config.get("s3")).put("prefix", BackupFixture.aSecret("hidden-folder"));
        bucket.fail("UploadPart", Fault.DENY);
        bucket.fail("AbortMultipartUpload", Fault.DENY);
        bucket.fail("ListMultipartUploads", Fault.DENY);

        try (var lines = LoggedLines.ofAll()) {
            run(config);
            bucket.mend();
            bucket.fail("ListMultipartUploads", Fault.DENY);
            run(config);

            assertThat(lines.all())
                    .anyMatch(line -> line.contains("upload left behind file=" + folder))
                    .anyMatch(line -> line.contains("old uploads not aborted files=" + folder))
                    .filteredOn(line -> line.contains("handler.backup"))
                    .noneMatch(line -> line.contains("hidden-folder"))
                    .noneMatch(line -> line.contains("as told"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "to                | {}                                      | {\"to\": \"tests\"}",
                "toFolder          | {}                                      | {\"toFolder\": \"x\"}",
                "s3.endpoint       | {\"endpoint\": \"s3.example.com\"}      | {}",
                "s3.endpoint       | {\"endpoint\": \"https://s3.example.com/shop\"} | {}",
                "s3.endpoint       | {\"endpoint\": \"http://169.254.169.254\"} | {}",
                "s3.endpoint       | {\"endpoint\": \"http://my_store:9000\"} | {}",
                "s3.region         | {\"endpoint\": null}                    | {}",
                "s3.region         | {\"region\": \"Europe!\"}               | {}",
                "s3.bucket         | {\"bucket\": null}                      | {}",
                "s3.bucket         | {\"bucket\": \"a/b\"}                   | {}",
                "s3.prefix         | {\"prefix\": \"/a\"}                    | {}",
                "s3.prefix         | {\"prefix\": \"a//b\"}                  | {}",
                "s3.prefix         | {\"prefix\": \"a/../b\"}                | {}",
                "s3.accessKey      | {\"accessKey\": \"\"}                   | {}",
                "s3.secretKey      | {\"secretKey\": null}                   | {}",
                "s3.secretKey      | {\"secretKey\": \"in-clear\"}           | {}",
                "s3.partSizeMib    | {\"partSizeMib\": 4}                    | {}",
                "s3.partSizeMib    | {\"partSizeMib\": 65}                   | {}"
            })
    void aWrongConfigIsRefusedByItsField(String field, String wrong, String beside) {
        var config = config();
        ((ObjectNode) config.get("s3")).setAll((ObjectNode) json(wrong));
        config.setAll((ObjectNode) json(beside));

        assertProblem(body(aBackup(config)).post(JOBS), 400, "invalid-request", "config." + field);
    }

    @Test
    void allOfThesePrefixesAreTaken() {
        for (String prefix : List.of("", "a", "a/", "a/b.c_d-e", ".a/..b")) {
            var config = config();
            ((ObjectNode) config.get("s3")).put("prefix", prefix);
            createdId(aBackup(config));
        }
    }
}
