package io.carillon.handler.data;

import io.carillon.handler.Outcome;
import java.sql.SQLException;

/** Turns what a database says into an outcome. */
final class SqlErrors {
    private SqlErrors() {}

    /** The session could not be opened: nothing has happened. */
    static Outcome.Failure noSession(SQLException failure, String datasource) {
        return Outcome.failure(
                        "SQL_CONNECT",
                        "no session with the datasource %s: %s"
                                .formatted(datasource, text(failure)))
                .withoutEffect();
    }

    /**
     * @param mayBeCommitted whether the failure is that of the commit, so that nobody knows
     */
    static Outcome.Failure of(SQLException failure, boolean mayBeCommitted) {
        String state = failure.getSQLState() == null ? "" : failure.getSQLState();
        var outcome = Outcome.failure("SQL_ERROR", "%s (%s)".formatted(text(failure), state));
        if (!mayBeCommitted) {
            outcome = outcome.withoutEffect();
        }
        // Concurrency, resources, operators and connections pass; what is wrong with the
        // statement or the data does not.
        boolean passes =
                state.isEmpty()
                        || state.startsWith("40")
                        || state.startsWith("53")
                        || state.startsWith("55")
                        || state.startsWith("57")
                        || state.startsWith("58")
                        || state.startsWith("08");
        return passes ? outcome : outcome.notRetryable();
    }

    /** The first line, without where in which text. */
    private static String text(SQLException failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }
}
