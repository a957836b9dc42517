package io.carillon.handler.http;

import io.carillon.handler.Outcome;

/** Thrown when there is no access token for a call, which was therefore not made. */
final class TokenException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Outcome.Failure outcome;

    TokenException(Outcome.Failure outcome) {
        super(outcome.message());
        this.outcome = outcome.withoutEffect();
    }

    Outcome.Failure outcome() {
        return outcome;
    }
}
