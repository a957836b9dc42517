package io.carillon.audit;

import jakarta.enterprise.context.ApplicationScoped;

/** Who makes the change at hand. The one place that knows; until callers have names, nobody. */
@ApplicationScoped
public class Actor {
    static final String ANONYMOUS = "anonymous";

    /** As revisions and the audit log record it. */
    public String name() {
        return ANONYMOUS;
    }
}
