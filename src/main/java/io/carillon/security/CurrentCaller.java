package io.carillon.security;

import io.carillon.audit.Actor;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.RequestScoped;
import java.util.Objects;
import java.util.function.BooleanSupplier;
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
        private BooleanSupplier validity = () -> false;

        void set(Caller found, Scope granted, BooleanSupplier stillValid) {
            caller = found;
            scope = granted;
            validity = stillValid;
        }

        BooleanSupplier validity() {
            return validity;
        }

        @Nullable Caller caller() {
            return caller;
        }

        @Nullable Scope scope() {
            return scope;
        }
    }

    /**
     * Stores who makes the request.
     *
     * @param validity whether the caller would still be let in, for requests that last
     * @param address the client's address; null if unknown
     */
    void set(
            Caller caller,
            Scope scope,
            BooleanSupplier validity,
            @Nullable String address,
            String requestId) {
        ofRequest.set(caller, scope, validity);
        actor.is(new Actor.Origin(caller.name(), address, requestId));
    }

    /** Returns the name for revisions and the audit log; Carillon's own outside of a request. */
    public String name() {
        return actor.origin().name();
    }

    /** Whether the request has a key. */
    public boolean isKnown() {
        return !Caller.ANYBODY.equals(caller());
    }

    /** Returns the caller. */
    Caller caller() {
        return Objects.requireNonNull(ofRequest.caller(), "an operation without a caller");
    }

    /**
     * Returns what the current request may see and do.
     *
     * @throws NullPointerException if there is no request, or its key was not checked
     */
    public Scope scope() {
        return Objects.requireNonNull(ofRequest.scope(), "an operation without a scope");
    }

    /**
     * Returns a check of whether the caller may still see and do what it could when the request
     * began. It costs no query, and works outside of the request.
     */
    public BooleanSupplier validity() {
        return ofRequest.validity();
    }

    /**
     * Returns what the caller may see, and where it may do what a role permits, so that pages offer
     * nothing else.
     *
     * @throws NullPointerException if there is no request, or its key was not checked
     */
    public Scope scope(Role role) {
        return caller().scope(role);
    }
}
