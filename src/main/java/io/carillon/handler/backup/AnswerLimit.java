package io.carillon.handler.backup;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;

/**
 * Limits what a store answers: the client makes a tree of each answer in XML, however long it is.
 * What an object holds is read a piece at a time, and may have any length.
 */
final class AnswerLimit implements ExecutionInterceptor {
    /** A page of 1,000 keys, each of the longest and escaped, is less. */
    private static final int MAX_BYTES = 4 << 20;

    @Override
    public Optional<InputStream> modifyHttpResponseContent(
            Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
        boolean isObject =
                context.request() instanceof GetObjectRequest
                        && context.httpResponse().isSuccessful();
        return isObject ? context.responseBody() : context.responseBody().map(Limited::new);
    }

    private static final class Limited extends FilterInputStream {
        private int left = MAX_BYTES;

        Limited(InputStream answer) {
            super(answer);
        }

        @Override
        public int read() throws IOException {
            int one = super.read();
            count(one < 0 ? 0 : 1);
            return one;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int count = super.read(into, offset, length);
            count(Math.max(0, count));
            return count;
        }

        @Override
        public boolean markSupported() {
            return false;
        }

        private void count(int bytes) {
            left -= bytes;
            if (left < 0) {
                throw SdkClientException.create(
                        "the answer is longer than %d MiB".formatted(MAX_BYTES >> 20));
            }
        }
    }
}
