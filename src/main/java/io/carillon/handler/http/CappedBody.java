package io.carillon.handler.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the first 60 KiB of a response body, unpacked, which leaves room for the headers in a
 * result. The rest is read and counted, so that the connection can be reused, but not kept. Reading
 * stops at {@link #READ_LIMIT}, or if the gzip is broken.
 *
 * @param length how many bytes came at least
 * @param isWhole whether it was read to its end
 * @param charset as the answer declares it; UTF-8 if it does not, or unknown here
 */
public record CappedBody(byte[] bytes, long length, boolean isWhole, Charset charset) {
    static final int KEPT = 60 * 1024;
    private static final long READ_LIMIT = 16L << 20;
    private static final int BUFFER = 8 * 1024;

    /** RFC 1952 §2.3.1. */
    private static final int GZIP_ID_1 = 0x1f;

    private static final int GZIP_ID_2 = 0x8b;

    /** Whether the body was longer than what is kept. */
    public boolean isCut() {
        return length > bytes.length || !isWhole;
    }

    /** Returns the kept part, as text that can be stored. */
    public String text() {
        // PostgreSQL's jsonb cannot hold U+0000.
        return new String(bytes, charset).replace('\0', '\uFFFD');
    }

    /**
     * @param entity null for an answer that has no body
     * @throws IOException if the connection ended before the body did
     */
    static CappedBody read(@Nullable HttpEntity entity, Map<String, String> headers)
            throws IOException {
        var charset = charsetOf(headers.get("Content-Type"));
        if (entity == null) {
            return new CappedBody(new byte[0], 0, true, charset);
        }
        var content = new PushbackInputStream(entity.getContent(), 2);
        if (!isGzip(headers.get("Content-Encoding"), content)) {
            return readAll(content, charset);
        }
        CappedBody body;
        try {
            body = readAll(new GZIPInputStream(content, BUFFER), charset);
        } catch (ZipException | EOFException broken) {
            return new CappedBody(new byte[0], 0, false, charset);
        }
        // After the end of the packed data, reads to the end of the message.
        return body.isWhole && content.read() < 0 ? body : body.unfinished();
    }

    private CappedBody unfinished() {
        return new CappedBody(bytes, length, false, charset);
    }

    private static CappedBody readAll(InputStream content, Charset charset) throws IOException {
        var kept = new ByteArrayOutputStream();
        byte[] buffer = new byte[BUFFER];
        long length = 0;
        while (length <= READ_LIMIT) {
            int read = content.read(buffer);
            if (read < 0) {
                return new CappedBody(kept.toByteArray(), length, true, charset);
            }
            kept.write(buffer, 0, Math.min(read, KEPT - kept.size()));
            length += read;
        }
        return new CappedBody(kept.toByteArray(), length, false, charset);
    }

    /** Whether the body is gzip; a body that only claims to be is kept as it is. */
    private static boolean isGzip(@Nullable String encoding, PushbackInputStream content)
            throws IOException {
        if (encoding == null || !encoding.strip().matches("(?i)(x-)?gzip")) {
            return false;
        }
        byte[] id = content.readNBytes(2);
        content.unread(id);
        return id.length == 2 && (id[0] & 0xff) == GZIP_ID_1 && (id[1] & 0xff) == GZIP_ID_2;
    }

    private static Charset charsetOf(@Nullable String contentType) {
        var parsed = contentType == null ? null : ContentType.parseLenient(contentType);
        return parsed == null ? StandardCharsets.UTF_8 : parsed.getCharset(StandardCharsets.UTF_8);
    }
}
