package io.carillon.handler.backup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.outgoing.OutgoingGuard;
import io.quarkus.logging.Log;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/**
 * The bucket to which backups of a job are written. An object cannot be renamed, so a second one
 * beside it, with its checksum, says that it was read back: an object without one counts as no
 * backup.
 */
final class BucketDestination implements Destination {
    private static final String CHECKSUM = ".sha256";

    /** Ends lists, with which a store could go on for ever. */
    private static final int MAX_ENTRIES = 100_000;

    private static final int MAX_PAGES = 1_000;

    /** Uploads that are aborted after one backup, and how long the id of one may be. */
    private static final int MAX_ABORTED = 1_000;

    private static final int MAX_ID = 2_048;

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
        var upload = BucketUpload.begin(bucket, file);
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
    public List<String> prune(String latest, int keep, Instant abandonedBefore) throws IOException {
        var files = filesOfTheJob();
        var backups = new ArrayList<String>();
        var abandoned = new HashSet<String>();
        files.forEach(
                (file, modifiedAt) -> {
                    boolean isBackup = names.madeAt(file) != null;
                    if (isBackup && files.containsKey(file + CHECKSUM)) {
                        backups.add(file);
                    } else if (modifiedAt.isBefore(abandonedBefore)
                            && (isBackup || isChecksumOfNone(file, files.keySet()::contains))) {
                        abandoned.add(file);
                    }
                });
        abandoned.remove(latest);
        var old = names.old(backups, latest, keep);
        for (String file : old) {
            // In this order: what is left if this ends between them counts as no backup.
            delete(file + CHECKSUM);
            delete(file);
        }
        for (String file : abandoned) {
            delete(file);
        }
        abortOldUploads(abandonedBefore);
        return old;
    }

    private boolean isChecksumOfNone(String file, Predicate<String> isThere) {
        return file.endsWith(CHECKSUM) && !isThere.test(backupOf(file));
    }

    /** Returns when each backup and each checksum of this job was written. */
    private Map<String, Instant> filesOfTheJob() throws IOException {
        return bucket.ask(
                "ListObjectsV2",
                s3 -> {
                    var files = new HashMap<String, Instant>();
                    forEach(
                            s3.listObjectsV2Paginator(
                                    each ->
                                            each.bucket(bucket.name())
                                                    .prefix(folder + names.prefix())),
                            ListObjectsV2Response::contents,
                            object -> {
                                String file = fileOf(object.key());
                                if (file != null && object.lastModified() != null) {
                                    files.put(file, object.lastModified());
                                }
                            });
                    return files;
                });
    }

    /**
     * Returns the name of a backup or of a checksum of this job by its key; null for other keys,
     * which a store may list as well.
     */
    private @Nullable String fileOf(@Nullable String key) {
        if (key == null || !key.startsWith(folder)) {
            return null;
        }
        String file = key.substring(folder.length());
        String backup = file.endsWith(CHECKSUM) ? backupOf(file) : file;
        return names.madeAt(backup) == null ? null : file;
    }

    private static String backupOf(String checksum) {
        return checksum.substring(0, checksum.length() - CHECKSUM.length());
    }

    /** Goes through a list that has an end. */
    private static <P, E> void forEach(
            Iterable<P> pages, Function<P, List<E>> entries, Consumer<E> consumer) {
        int pageCount = 0;
        int entryCount = 0;
        for (P page : pages) {
            var some = entries.apply(page);
            pageCount++;
            entryCount += some.size();
            if (pageCount > MAX_PAGES || entryCount > MAX_ENTRIES) {
                throw SdkClientException.create(
                        "the list has more than %,d entries or %,d pages"
                                .formatted(MAX_ENTRIES, MAX_PAGES));
            }
            some.forEach(consumer);
        }
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
                Log.infof(
                        "upload of a killed attempt aborted file=%s",
                        upload.key().substring(folder.length()));
            }
        } catch (BucketException refused) {
            Log.warnf(
                    "old uploads not aborted files=%s*: %s",
                    names.prefix(), BucketException.loggable(refused));
        }
    }

    private List<MultipartUpload> oldUploads(Instant before) throws IOException {
        return bucket.ask(
                "ListMultipartUploads",
                s3 -> {
                    var old = new ArrayList<MultipartUpload>();
                    forEach(
                            s3.listMultipartUploadsPaginator(
                                    each ->
                                            each.bucket(bucket.name())
                                                    .prefix(folder + names.prefix())),
                            ListMultipartUploadsResponse::uploads,
                            upload -> {
                                if (isOld(upload, before) && old.size() < MAX_ABORTED) {
                                    old.add(upload);
                                }
                            });
                    return old;
                });
    }

    private boolean isOld(MultipartUpload upload, Instant before) {
        String file = fileOf(upload.key());
        return file != null
                && !file.endsWith(CHECKSUM)
                && upload.uploadId() != null
                && upload.uploadId().length() <= MAX_ID
                && upload.initiated() != null
                && upload.initiated().isBefore(before);
    }

    @Override
    public void close() {
        bucket.close();
    }
}
