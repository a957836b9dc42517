package io.carillon.cli;

/** Ends a command with a message for people. */
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;
    private final int status;

    Failure(int exitCode, String message) {
        this(exitCode, message, 0);
    }

    /**
     * @param status of the answer; 0: there was none
     */
    Failure(int exitCode, String message, int status) {
        super(message, null, false, false);
        this.exitCode = exitCode;
        this.status = status;
    }

    int exitCode() {
        return exitCode;
    }

    int status() {
        return status;
    }

    /** Whether the same call may succeed a little later. */
    boolean mayPass() {
        return exitCode == Cli.NO_ANSWER || status == 429 || status >= 500;
    }
}
