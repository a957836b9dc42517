package io.carillon.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Throws away what is left of a body once its request has been answered, as refusals do that come
 * before the body is read. Until it is read, a client that still sends waits, and a kept connection
 * takes no other request. Whoever sends more than {@link #MAX_DISCARDED} is cut off.
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
