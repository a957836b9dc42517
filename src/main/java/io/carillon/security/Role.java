package io.carillon.security;

import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Lists the roles that a key can have, in some namespaces or in all. */
@Schema(name = "KeyRole")
public enum Role {
    /** Reads everything in its namespaces. */
    VIEWER,
    /** Changes jobs, executions, queues and calendars too. */
    EDITOR,
    /** Manages keys too. */
    ADMIN,
    /** Runs executions as a remote worker, and does nothing else. */
    WORKER,
    /** Reads metrics, and does nothing else. */
    METRICS;

    /** Whether this role may do what {@code needed} may do. */
    public boolean includes(Role needed) {
        return switch (this) {
            case ADMIN -> true;
            case EDITOR -> needed == EDITOR || needed == VIEWER;
            case VIEWER, WORKER, METRICS -> needed == this;
        };
    }

    /** Returns the role as people write it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
