package io.carillon.handler.http;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * Streams a body of a fixed number of bytes. If the source grows meanwhile, the rest is not sent;
 * if it becomes shorter, the call is aborted, because its length was already sent.
 */
public final class Upload {
    private final InputStream content;
    private final long length;

    public Upload(InputStream content, long length) {
        this.content = new Exactly(content, length);
        this.length = length;
    }

    /** Returns how many bytes are sent. */
    public long length() {
        return length;
    }

    InputStream content() {
        return content;
    }

    private static final class Exactly extends FilterInputStream {
        private long left;

        Exactly(InputStream from, long length) {
            super(from);
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, into.length);
            if (left == 0) {
                return -1;
            }
            int read = super.read(into, offset, (int) Math.min(length, left));
            if (read < 0) {
                throw new EOFException("the file became shorter while it was sent");
            }
            left -= read;
            return read;
        }
    }
}
