package io.carillon.security;

import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A role, held in some namespaces or in all. */
@Schema(name = "KeyRole")
public enum Role {
    /** Reads everything of its namespaces. */
    VIEWER,
    /** Changes jobs, executions, queues and calendars too. */
    EDITOR,
    /** Manages keys too. */
    ADMIN,
    /** Runs executions from elsewhere, and nothing else. */
    WORKER,
    /** Reads metrics, and nothing else. */
    METRICS;

    /** Whether who has this role may do what {@code needed} is for. */
    public boolean includes(Role needed) {
        return switch (this) {
            case ADMIN -> true;
            case EDITOR -> needed == EDITOR || needed == VIEWER;
            case VIEWER, WORKER, METRICS -> needed == this;
        };
    }

    /** As people write it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
