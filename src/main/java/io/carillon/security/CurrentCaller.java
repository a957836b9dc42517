package io.carillon.security;

import io.carillon.audit.Actor;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.RequestScoped;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Holds the caller of the request at hand, and what that request may see and do. */
@ApplicationScoped
public class CurrentCaller {
    private final OfRequest ofRequest;
    private final Actor actor;

    CurrentCaller(OfRequest ofRequest, Actor actor) {
        this.ofRequest = ofRequest;
        this.actor = actor;
    }

    /** The facts about a request; empty until its key has been checked. */
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

    /**
     * Takes in who asks.
     *
     * @param address the client's; null if it is not known
     */
    void set(Caller caller, Scope scope, @Nullable String address, String requestId) {
        ofRequest.set(caller, scope);
        actor.is(new Actor.Origin(caller.name(), address, requestId));
    }

    /** As revisions and the audit log record it; Carillon itself where no request is at hand. */
    public String name() {
        return actor.origin().name();
    }

    /** Whether who asks has brought a key. */
    public boolean isKnown() {
        return !Caller.ANYBODY.equals(caller());
    }

    /** Returns the caller. */
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
}
