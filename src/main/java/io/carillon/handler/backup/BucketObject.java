package io.carillon.handler.backup;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Reads an object, a piece at a time, so that its reader can be interrupted. */
final class BucketObject extends InputStream {
    private static final int PIECE = 1 << 18;
    private static final String ASKED = "GetObject";

    private final Bucket bucket;
    private final ResponseInputStream<GetObjectResponse> content;
    private byte[] piece = {};
    private int position;

    private BucketObject(Bucket bucket, ResponseInputStream<GetObjectResponse> content) {
        this.bucket = bucket;
        this.content = content;
    }

    static BucketObject open(Bucket bucket, String key) throws IOException {
        return new BucketObject(
                bucket,
                bucket.ask(ASKED, s3 -> s3.getObject(e -> e.bucket(bucket.name()).key(key))));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (position == piece.length) {
            piece = bucket.ask(ASKED, _ -> content.readNBytes(PIECE));
            position = 0;
            if (piece.length == 0) {
                return length == 0 ? 0 : -1;
            }
        }
        int count = Math.min(length, piece.length - position);
        System.arraycopy(piece, position, into, offset, count);
        position += count;
        return count;
    }

    /** Closes the connection; the rest is not read. */
    @Override
    public void close() {
        content.abort();
    }
}
