package io.carillon.handler.backup;

import io.carillon.handler.Outcome;
import io.quarkus.logging.Log;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * Sends an object in parts, each when it is full, of which one is in memory: as much of it as there
 * is. The object is there once all of it has been sent and {@link #complete} was called, and not
 * before.
 */
final class BucketUpload extends OutputStream {
    private static final int MAX_PARTS = 10_000;

    /** Parts are so many whole MiB. */
    private static final int PIECE = 1 << 20;

    /**
     * For each request that removes something: the attempt has ended, and its place is waited for.
     */
    private static final Duration LONGEST_DISCARD = Duration.ofSeconds(10);

    private static final String TYPE = "application/octet-stream";

    private final Bucket bucket;
    private final String file;
    private final String key;
    private final String id;
    private final int partBytes;

    /** The part, in pieces of {@link #PIECE}, which the next one uses again. */
    private final List<byte[]> pieces = new ArrayList<>();

    private final List<CompletedPart> sent = new ArrayList<>();
    private int filled;
    private long bytes;
    private boolean isBroken;
    private boolean isPerhapsThere;

    private BucketUpload(Bucket bucket, String file, String id) {
        this.bucket = bucket;
        this.file = file;
        this.key = bucket.config().folder() + file;
        this.id = id;
        this.partBytes = bucket.config().partBytes();
    }

    /**
     * @param file the key's end, which no secret is part of
     */
    static BucketUpload begin(Bucket bucket, String file) throws IOException {
        String key = bucket.config().folder() + file;
        String id =
                bucket.ask(
                        "CreateMultipartUpload",
                        s3 ->
                                s3.createMultipartUpload(
                                                each ->
                                                        each.bucket(bucket.name())
                                                                .key(key)
                                                                .contentType(TYPE))
                                        .uploadId());
        return new BucketUpload(bucket, file, id);
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, from.length);
        int done = 0;
        while (done < length) {
            if (filled == partBytes) {
                send();
            }
            if (filled == pieces.size() * PIECE) {
                pieces.add(new byte[PIECE]);
            }
            int position = filled % PIECE;
            int count = Math.min(length - done, PIECE - position);
            System.arraycopy(from, offset + done, pieces.get(filled / PIECE), position, count);
            filled += count;
            done += count;
        }
    }

    private void send() throws IOException {
        // Streams that are closed after a failure write their ends.
        if (isBroken) {
            throw new IOException("the upload has failed before");
        }
        isBroken = true;
        if (sent.size() == MAX_PARTS) {
            var outcome =
                    Outcome.failure(
                                    "S3_TOO_LARGE",
                                    "the backup is larger than 10,000 parts of %d MiB: s3.partSizeMib can be up to 64"
                                            .formatted(partBytes >> 20))
                            .notRetryable();
            throw new BucketException(outcome, new IOException(outcome.message()));
        }
        int number = sent.size() + 1;
        int length = filled;
        String tag =
                bucket.ask(
                        "UploadPart",
                        s3 ->
                                s3.uploadPart(
                                                each ->
                                                        each.bucket(bucket.name())
                                                                .key(key)
                                                                .uploadId(id)
                                                                .partNumber(number),
                                                body(length))
                                        .eTag());
        sent.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
        bytes += length;
        filled = 0;
        isBroken = false;
    }

    /** A part is sent again if the connection ends, and must be the same then. */
    private RequestBody body(int length) {
        return RequestBody.fromContentProvider(
                () -> new SequenceInputStream(Collections.enumeration(streams(length))),
                length,
                TYPE);
    }

    private List<ByteArrayInputStream> streams(int length) {
        var streams = new ArrayList<ByteArrayInputStream>();
        for (int from = 0; from < length; from += PIECE) {
            streams.add(
                    new ByteArrayInputStream(
                            pieces.get(from / PIECE), 0, Math.min(PIECE, length - from)));
        }
        return streams;
    }

    /**
     * Puts the parts together.
     *
     * @return how many bytes the object has
     */
    long complete() throws IOException {
        if (filled > 0 || sent.isEmpty()) {
            send();
        }
        isPerhapsThere = true;
        var unused =
                bucket.ask(
                        "CompleteMultipartUpload",
                        s3 ->
                                s3.completeMultipartUpload(
                                        each ->
                                                each.bucket(bucket.name())
                                                        .key(key)
                                                        .uploadId(id)
                                                        .multipartUpload(all -> all.parts(sent))));
        return bytes;
    }

    /**
     * Removes what there is of it: its parts, and if it was perhaps completed, the object. What
     * cannot be removed, or not soon, is logged; a later backup of the job does it.
     */
    void discard() {
        boolean wasInterrupted = Thread.interrupted();
        try {
            attempt(
                    "AbortMultipartUpload",
                    s3 ->
                            s3.abortMultipartUpload(
                                    each -> each.bucket(bucket.name()).key(key).uploadId(id)));
            if (isPerhapsThere) {
                attempt(
                        "DeleteObject",
                        s3 -> s3.deleteObject(e -> e.bucket(bucket.name()).key(key)));
            }
        } finally {
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void attempt(String asked, Bucket.Question<?> question) {
        try {
            var unused = bucket.ask(asked, LONGEST_DISCARD, question);
        } catch (IOException failure) {
            String why = BucketException.loggable(failure);
            if (isPerhapsThere && asked.startsWith("Abort")) {
                // There are no parts any longer.
                Log.debugf("not aborted file=%s: %s", file, why);
            } else {
                Log.warnf("upload left behind file=%s: %s, %s", file, asked, why);
            }
        }
    }
}
