package io.carillon.audit;

import io.quarkus.arc.Arc;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.RequestScoped;
import org.jspecify.annotations.Nullable;

/** Knows who makes the current change: the caller of the request, or Carillon itself. */
@ApplicationScoped
public class Actor {
    /** The name for what the service does by itself. */
    public static final String CARILLON = "carillon";

    private static final Origin ITSELF = new Origin(CARILLON, null, null);

    private final OfRequest ofRequest;

    Actor(OfRequest ofRequest) {
        this.ofRequest = ofRequest;
    }

    /**
     * The origin of a change.
     *
     * @param name as revisions and the audit log record it
     * @param address the client's address; null outside of a request
     * @param requestId the id of the request; null outside of a request
     */
    public record Origin(String name, @Nullable String address, @Nullable String requestId) {}

    /** Holds who makes a request; empty until its caller is known. */
    @RequestScoped
    static class OfRequest {
        private @Nullable Origin origin;

        @Nullable Origin origin() {
            return origin;
        }

        void origin(Origin found) {
            origin = found;
        }
    }

    /** Sets who makes the current request. */
    public void is(Origin origin) {
        ofRequest.origin(origin);
    }

    /** Returns who makes the current change. */
    public Origin origin() {
        var origin = Arc.container().requestContext().isActive() ? ofRequest.origin() : null;
        return origin == null ? ITSELF : origin;
    }
}
