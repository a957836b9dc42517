package io.carillon.handler.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.apache.hc.client5.http.impl.io.DefaultManagedHttpClientConnection;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Checks before each request whether the target has closed the connection meanwhile. This costs one
 * read that does not wait; the library's own check waits for a millisecond. A connection that has
 * received unexpected bytes is not reused either: they would be taken for the answer to the next
 * request.
 */
final class KeptConnection extends DefaultManagedHttpClientConnection {
    private static final int HEADERS = 200;
    private static final int LINE_LENGTH = 64 * 1024;

    /** Limits the head of an answer, because it is held in memory. */
    private static final Http1Config LIMITS =
            Http1Config.custom().setMaxHeaderCount(HEADERS).setMaxLineLength(LINE_LENGTH).build();

    private final AnswerParser parser;

    KeptConnection() {
        this(new AnswerParser());
    }

    private KeptConnection(AnswerParser parser) {
        super("carillon", null, null, LIMITS, null, null, null, limits -> parser);
        this.parser = parser;
    }

    @Override
    public boolean isStale() {
        var holder = getSocketHolder();
        if (holder == null || parser.hasMore()) {
            return true;
        }
        var channel = holder.getBaseSocket().getChannel();
        try {
            channel.configureBlocking(false);
            // With TLS this may be the beginning of a record; nothing reads on after it.
            int read = channel.read(ByteBuffer.allocate(1));
            channel.configureBlocking(true);
            return read != 0;
        } catch (IOException closed) {
            return true;
        }
    }

    /** Knows which bytes were read from the socket but belong to no answer yet. */
    private static final class AnswerParser extends DefaultHttpResponseParser {
        private @Nullable SessionInputBuffer read;

        AnswerParser() {
            super(LIMITS);
        }

        @Override
        public ClassicHttpResponse parse(SessionInputBuffer buffer, InputStream input)
                throws IOException, HttpException {
            read = buffer;
            return super.parse(buffer, input);
        }

        boolean hasMore() {
            return read != null && read.length() > 0;
        }
    }
}
