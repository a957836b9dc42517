package io.carillon.http;

import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Refuses bodies over 1 MiB, and over 32 MiB for batches and declarations, whether they announce
 * their length or not. A body that is too large is read and discarded, up to a limit, because many
 * clients read the answer only after sending everything.
 */
@Provider
class BodyLimit implements ContainerRequestFilter {
    private static final long MEBIBYTE = 1 << 20;
    private static final long MAX_DISCARD = 128 * MEBIBYTE;

    @Override
    public void filter(ContainerRequestContext request) {
        String path = request.getUriInfo().getPath();
        boolean isOfMany = path.endsWith("/batch") || path.endsWith("/apply");
        long limit = isOfMany ? 32 * MEBIBYTE : MEBIBYTE;
        if (request.getLength() > limit) {
            throw tooLarge(limit, request.getEntityStream());
        }
        if (hasEntity(request)) {
            request.setEntityStream(new Limited(request.getEntityStream(), limit));
        }
    }

    /** RESTEasy parses the media type to find out, which may fail. */
    private static boolean hasEntity(ContainerRequestContext request) {
        try {
            return request.hasEntity();
        } catch (IllegalArgumentException unreadable) {
            throw new ProblemException(
                    ProblemKind.UNSUPPORTED_MEDIA_TYPE, "The Content-Type cannot be read.");
        }
    }

    private static ProblemException tooLarge(long limit, InputStream rest) {
        byte[] buffer = new byte[8192];
        int read = 0;
        try {
            for (long discarded = 0; read >= 0 && discarded < MAX_DISCARD; discarded += read) {
                read = rest.read(buffer);
            }
        } catch (IOException hungUp) {
            // It has discarded the rest itself.
        }
        return new ProblemException(
                ProblemKind.BODY_TOO_LARGE, "The body may have at most " + limit + " bytes.");
    }

    static final class Limited extends FilterInputStream {
        private final long limit;
        private long count;

        Limited(InputStream body, long limit) {
            super(body);
            this.limit = limit;
        }

        @Override
        public int read() {
            try {
                int value = super.read();
                if (value >= 0) {
                    add(1);
                }
                return value;
            } catch (IOException hungUp) {
                throw endedEarly();
            }
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            try {
                int read = super.read(buffer, offset, length);
                if (read > 0) {
                    add(read);
                }
                return read;
            } catch (IOException hungUp) {
                throw endedEarly();
            }
        }

        private void add(int read) {
            count += read;
            if (count > limit) {
                throw tooLarge(limit, in);
            }
        }

        /** Nobody hears it, but it is the client's error, not one of ours that is logged. */
        private static ProblemException endedEarly() {
            return new ProblemException(
                    ProblemKind.INVALID_REQUEST, "The connection was closed within the body.");
        }
    }
}
