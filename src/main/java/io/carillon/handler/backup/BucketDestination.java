package io.carillon.handler.backup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.outgoing.OutgoingGuard;
import io.quarkus.logging.Log;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.function.Predicate;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/**
 * The bucket to which backups of a job are written. An object cannot be renamed, so a second one
 * beside it, with its checksum, says that it was read back: an object without one counts as no
 * backup.
 */
final class BucketDestination implements Destination {
    /** What is older, and no backup, has been left behind. */
    private static final Duration ABANDONED = Duration.ofDays(1);

    private static final String CHECKSUM = ".sha256";

    private final Bucket bucket;
    private final String folder;
    private final BackupNames names;

    BucketDestination(
            BucketConfig config, OutgoingGuard guard, String namespace, BackupNames names) {
        this.bucket = new Bucket(config, guard, namespace);
        this.folder = config.folder();
        this.names = names;
    }

    @Override
    public Written write(Pipeline pipeline, Instant madeAt, long epoch)
            throws BackupException, IOException, InterruptedException {
        String file = names.backup(madeAt, pipeline.suffix());
        var upload = BucketUpload.begin(bucket, folder + file);
        boolean isKept = false;
        try {
            String sha256 = pipeline.write(upload);
            long bytes = upload.complete();
            try (var object = BucketObject.open(bucket, folder + file)) {
                pipeline.verify(object, sha256);
            }
            // As sha256sum writes and checks it.
            put(file + CHECKSUM, sha256 + "  " + file + "\n");
            isKept = true;
            return new Written(file, bytes, sha256);
        } finally {
            if (!isKept) {
                upload.discard();
            }
        }
    }

    private void put(String file, String text) throws IOException {
        var unused =
                bucket.ask(
                        "PutObject",
                        s3 ->
                                s3.putObject(
                                        each ->
                                                each.bucket(bucket.name())
                                                        .key(folder + file)
                                                        .contentType("text/plain"),
                                        RequestBody.fromString(text)));
    }

    @Override
    public void describe(String file, ObjectNode result) {
        result.put("bucket", bucket.name());
        result.put("file", folder + file);
    }

    @Override
    public List<String> prune(String latest, int keep, Instant now) throws IOException {
        var before = now.minus(ABANDONED);
        var files = filesOfTheJob();
        var backups = new ArrayList<String>();
        var abandoned = new HashSet<String>();
        files.forEach(
                (file, modifiedAt) -> {
                    boolean isBackup = names.madeAt(file) != null;
                    if (isBackup && files.containsKey(file + CHECKSUM)) {
                        backups.add(file);
                    } else if (modifiedAt.isBefore(before)
                            && (isBackup || isChecksumOfNone(file, files.keySet()::contains))) {
                        abandoned.add(file);
                    }
                });
        backups.remove(latest);
        abandoned.remove(latest);
        backups.sort(Comparator.comparing(names::madeAt));
        var old = List.copyOf(backups.subList(0, Math.max(0, backups.size() - keep + 1)));
        for (String file : old) {
            // In this order: what is left if this ends between them counts as no backup.
            delete(file + CHECKSUM);
            delete(file);
        }
        for (String file : abandoned) {
            delete(file);
        }
        abortOldUploads(before);
        return old;
    }

    private boolean isChecksumOfNone(String file, Predicate<String> isThere) {
        if (!file.endsWith(CHECKSUM)) {
            return false;
        }
        String backup = file.substring(0, file.length() - CHECKSUM.length());
        return names.madeAt(backup) != null && !isThere.test(backup);
    }

    /** Returns when each file was written whose name begins as those of this job. */
    private HashMap<String, Instant> filesOfTheJob() throws IOException {
        return bucket.ask(
                "ListObjectsV2",
                s3 -> {
                    var files = new HashMap<String, Instant>();
                    s3.listObjectsV2Paginator(
                                    each ->
                                            each.bucket(bucket.name())
                                                    .prefix(folder + names.prefix()))
                            .contents()
                            .forEach(
                                    object ->
                                            files.put(
                                                    object.key().substring(folder.length()),
                                                    object.lastModified()));
                    return files;
                });
    }

    private void delete(String file) throws IOException {
        var unused =
                bucket.ask(
                        "DeleteObject",
                        s3 -> s3.deleteObject(e -> e.bucket(bucket.name()).key(folder + file)));
    }

    /**
     * Not every store lists uploads, and keys need not allow it. Then the store's own rule for
     * incomplete uploads has to do it, so this is no failure of a backup.
     */
    private void abortOldUploads(Instant before) throws IOException {
        try {
            for (var upload : oldUploads(before)) {
                var unused =
                        bucket.ask(
                                "AbortMultipartUpload",
                                s3 ->
                                        s3.abortMultipartUpload(
                                                each ->
                                                        each.bucket(bucket.name())
                                                                .key(upload.key())
                                                                .uploadId(upload.uploadId())));
                Log.infof("upload of a killed attempt aborted key=%s", upload.key());
            }
        } catch (BucketException refused) {
            Log.warnf("old uploads not aborted: %s", refused.getMessage());
        }
    }

    private List<MultipartUpload> oldUploads(Instant before) throws IOException {
        return bucket.ask(
                "ListMultipartUploads",
                s3 ->
                        s3
                                .listMultipartUploadsPaginator(
                                        each ->
                                                each.bucket(bucket.name())
                                                        .prefix(folder + names.prefix()))
                                .uploads()
                                .stream()
                                .filter(each -> each.key().startsWith(folder))
                                .filter(
                                        each ->
                                                names.madeAt(each.key().substring(folder.length()))
                                                        != null)
                                .filter(each -> each.initiated().isBefore(before))
                                .toList());
    }

    @Override
    public void close() {
        bucket.close();
    }
}
