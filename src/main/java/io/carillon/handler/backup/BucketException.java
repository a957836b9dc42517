package io.carillon.handler.backup;

import io.carillon.handler.Outcome;
import java.io.IOException;

/**
 * Says that a bucket could not be asked, or has refused, and with which outcome. It is an {@link
 * IOException}, so that it passes through streams.
 */
final class BucketException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Outcome.Failure outcome;

    BucketException(Outcome.Failure outcome, Throwable cause) {
        super(outcome.message(), cause);
        this.outcome = outcome;
    }

    Outcome.Failure outcome() {
        return outcome;
    }

    /**
     * Says why a bucket was not asked, for the log: without its address and its keys, which may be
     * secrets, and without what the store wrote.
     */
    static String loggable(IOException failure) {
        return failure instanceof BucketException refused
                ? refused.outcome.code()
                : failure.getClass().getSimpleName();
    }
}
