package io.carillon.handler.backup;

import io.carillon.handler.Outcome;

/** Ends an attempt that has left nothing behind, with its outcome. */
final class BackupException extends Exception {
    private final transient Outcome.Failure outcome;

    BackupException(String code, String message) {
        this(Outcome.failure(code, message));
    }

    BackupException(Outcome.Failure outcome) {
        super(outcome.message());
        this.outcome = outcome.withoutEffect();
    }

    Outcome.Failure outcome() {
        return outcome;
    }
}
