package io.carillon.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.carillon.audit.Actor;
import io.carillon.audit.AuditLog;
import io.carillon.database.Database;
import io.carillon.database.DatabaseException;
import io.carillon.http.RequestIds;
import io.carillon.problem.Problem;
import io.quarkus.logging.Log;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.ext.Provider;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes to the audit log what was refused to a caller who is known: an operation that its role
 * does not allow, and a key that is no longer valid. Of each caller {@link #MOST} a minute are
 * written, so that nobody fills the log; the next entry counts the others.
 */
@Provider
class Refusals implements ContainerResponseFilter {
    private static final int MOST = 10;
    private static final int CALLERS = 10_000;

    private final AuditLog audit;
    private final Actor actor;
    private final Database database;
    private final Cache<String, Minute> minutes =
            Caffeine.newBuilder().maximumSize(CALLERS).build();

    /** Counts the refusals of a caller within a minute. */
    private static final class Minute {
        private long number;
        private int written;
        private int others;

        /** Returns how many others came before the one to be written; null: it is another. */
        private synchronized @Nullable Integer next() {
            long now = TimeUnit.NANOSECONDS.toMinutes(System.nanoTime());
            if (now != number) {
                number = now;
                written = 0;
            }
            if (written == MOST) {
                others++;
                return null;
            }
            int before = others;
            others = 0;
            written++;
            return before;
        }
    }

    Refusals(AuditLog audit, Actor actor, Database database) {
        this.audit = audit;
        this.actor = actor;
        this.database = database;
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (response.getStatus() == Status.FORBIDDEN.getStatusCode()
                && response.getEntity() instanceof Problem problem) {
            write("REQUEST_REFUSED", request, String.valueOf(problem.detail()));
        }
    }

    /**
     * Writes that a request came with a key that was valid once.
     *
     * @param address of the client; null if unknown
     */
    void ofFormer(ApiKey key, ContainerRequestContext request, @Nullable String address) {
        actor.is(new Actor.Origin(key.caller().name(), address, RequestIds.of(request)));
        write(
                "KEY_REFUSED",
                request,
                key.revokedAt() == null
                        ? "it expired at " + key.expiresAt()
                        : "it was revoked at " + key.revokedAt());
    }

    private void write(String action, ContainerRequestContext request, String why) {
        var before = minutes.get(actor.origin().name(), none -> new Minute()).next();
        if (before == null) {
            return;
        }
        var details = new TreeMap<String, Object>();
        details.put("method", request.getMethod());
        details.put("path", request.getUriInfo().getPath());
        details.put("why", why);
        if (before > 0) {
            details.put("othersBefore", before);
        }
        try {
            database.inTransaction(
                    connection -> {
                        audit.add(connection, action, null, null, details);
                        return true;
                    });
        } catch (DatabaseException away) {
            // It is refused all the same.
            Log.debugf("refusal not written: %s", away.getMessage());
        }
    }
}
