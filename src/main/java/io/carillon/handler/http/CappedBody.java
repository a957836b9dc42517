package io.carillon.handler.http;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/**
 * The first 60 KiB of a response body, which leaves room for its headers in a result; the rest is
 * read and counted, so that the connection can be used again, but not kept. A body past {@link
 * #READ_LIMIT} is abandoned.
 *
 * @param length how many bytes came, at least
 */
record CappedBody(byte[] bytes, long length) {
    static final int KEPT = 60 * 1024;
    private static final long READ_LIMIT = 16L << 20;

    boolean isCut() {
        return length > bytes.length;
    }

    static HttpResponse.BodyHandler<CappedBody> handler() {
        return response -> new Subscriber();
    }

    private static final class Subscriber implements HttpResponse.BodySubscriber<CappedBody> {
        private final CompletableFuture<CappedBody> body = new CompletableFuture<>();
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private Flow.Subscription subscription = new NoSubscription();
        private long length;

        @Override
        public CompletionStage<CappedBody> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            this.subscription = subscription;
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            for (var buffer : buffers) {
                length += buffer.remaining();
                byte[] part = new byte[Math.min(buffer.remaining(), KEPT - kept.size())];
                buffer.get(part);
                kept.writeBytes(part);
            }
            if (length > READ_LIMIT) {
                subscription.cancel();
                onComplete();
            }
        }

        @Override
        public void onError(Throwable failure) {
            body.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            body.complete(new CappedBody(kept.toByteArray(), length));
        }
    }

    private static final class NoSubscription implements Flow.Subscription {
        @Override
        public void request(long count) {}

        @Override
        public void cancel() {}
    }
}
