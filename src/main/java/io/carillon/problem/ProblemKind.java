package io.carillon.problem;

import java.util.Arrays;
import java.util.Locale;

/** Lists the kinds of problems; each has one HTTP status and a type URI that never changes. */
public enum ProblemKind {
    MALFORMED_JSON(400, "Malformed JSON"),
    INVALID_REQUEST(400, "Invalid request"),
    UNAUTHENTICATED(401, "Unauthenticated"),
    FORBIDDEN(403, "Forbidden"),
    NOT_FOUND(404, "Not found"),
    METHOD_NOT_ALLOWED(405, "Method not allowed"),
    NOT_ACCEPTABLE(406, "Not acceptable"),
    CONFLICT(409, "Conflict"),
    QUOTA_EXCEEDED(409, "Quota exceeded"),
    LEASE_LOST(409, "Lease lost"),
    STALE_VERSION(412, "Stale version"),
    BODY_TOO_LARGE(413, "Body too large"),
    UNSUPPORTED_MEDIA_TYPE(415, "Unsupported media type"),
    NEVER_FIRES(422, "The schedule never fires"),
    RATE_LIMITED(429, "Too many requests"),
    SUBMISSIONS_EXCEEDED(429, "Too many submissions"),
    QUEUE_FULL(429, "The queue is full"),
    INTERNAL_ERROR(500, "Internal error"),
    DATABASE_UNAVAILABLE(503, "Database unavailable");

    private final int status;
    private final String title;

    ProblemKind(int status, String title) {
        this.status = status;
        this.title = title;
    }

    /** Returns the kind for a status; for 400, which has several, the general one. */
    public static ProblemKind ofStatus(int status) {
        return status == 400
                ? INVALID_REQUEST
                : Arrays.stream(values())
                        .filter(kind -> kind.status == status)
                        .findFirst()
                        .orElse(status < 500 ? INVALID_REQUEST : INTERNAL_ERROR);
    }

    public int status() {
        return status;
    }

    public String title() {
        return title;
    }

    public String type() {
        return "urn:carillon:problem:" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
