package io.carillon.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Discards the rest of a body after its request was answered, as happens when a request is refused
 * before its body is read. Until the body is read, a client that is still sending waits, and a kept
 * connection accepts no other request. A client that sends more than {@link #MAX_DISCARDED} is
 * disconnected.
 */
@ApplicationScoped
class UnreadBody {
    private static final long MAX_DISCARDED = 128L << 20;

    void add(@Observes Router router) {
        router.route().order(Integer.MIN_VALUE).handler(UnreadBody::discardWhenAnswered);
    }

    private static void discardWhenAnswered(RoutingContext context) {
        context.addEndHandler(answered -> discard(context.request()));
        context.next();
    }

    private static void discard(HttpServerRequest request) {
        if (request.isEnded()) {
            return;
        }
        var discarded = new AtomicLong();
        request.handler(
                buffer -> {
                    if (discarded.addAndGet(buffer.length()) > MAX_DISCARDED) {
                        request.connection().close();
                    }
                });
        request.resume();
    }
}
