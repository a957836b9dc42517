package io.carillon.security;

import io.carillon.audit.AuditLog;
import io.quarkus.arc.Arc;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.RequestScoped;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Who makes the request at hand, and what that request may see and do. */
@ApplicationScoped
public class CurrentCaller {
    private final OfRequest ofRequest;

    CurrentCaller(OfRequest ofRequest) {
        this.ofRequest = ofRequest;
    }

    /** What is known of a request; empty until its key was checked. */
    @RequestScoped
    static class OfRequest {
        private @Nullable Caller caller;
        private @Nullable Scope scope;

        void set(Caller found, Scope granted) {
            caller = found;
            scope = granted;
        }

        @Nullable Caller caller() {
            return caller;
        }

        @Nullable Scope scope() {
            return scope;
        }
    }

    void set(Caller caller, Scope scope) {
        ofRequest.set(caller, scope);
    }

    /** As revisions and the audit log record it; Carillon itself where no request is at hand. */
    public String name() {
        var caller = isInRequest() ? ofRequest.caller() : null;
        return caller == null ? AuditLog.CARILLON : caller.name();
    }

    /** Who asks. */
    Caller caller() {
        return Objects.requireNonNull(ofRequest.caller(), "an operation without a caller");
    }

    /**
     * What the request at hand may see and do.
     *
     * @throws NullPointerException where there is no request, or one whose key was not checked
     */
    public Scope scope() {
        return Objects.requireNonNull(ofRequest.scope(), "an operation without a scope");
    }

    private static boolean isInRequest() {
        return Arc.container().requestContext().isActive();
    }
}
