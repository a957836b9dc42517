package io.carillon.firing;

import java.util.List;

/** Thrown when a batch of triggers could not be fired; none of it was. */
final class RefusedBatchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final List<String> names;

    RefusedBatchException(List<String> names, Throwable cause) {
        super(messageOf(cause), cause);
        this.names = List.copyOf(names);
    }

    /** Returns the names of the batch's triggers. */
    List<String> names() {
        return names;
    }

    private static String messageOf(Throwable cause) {
        String message = cause.getMessage();
        return message == null
                ? cause.toString()
                : message.lines().findFirst().orElse(cause.toString());
    }
}
