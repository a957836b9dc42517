package io.carillon.security;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Identifies who makes a request, and holds their grants.
 *
 * @param name as revisions and the audit log record it
 */
public record Caller(String name, List<Grant> grants) {
    /** The caller where keys are off: it may do everything. */
    static final Caller ANYBODY = everything("anonymous");

    public Caller {
        grants = List.copyOf(grants);
    }

    static Caller everything(String name) {
        return new Caller(name, List.of(new Grant(Role.ADMIN, Set.of(Grant.EVERYWHERE))));
    }

    /** Returns what this caller may see and do in an operation that needs {@code needed}. */
    Scope scope(Role needed) {
        return new Scope(needed, namespaces(Role.VIEWER), namespaces(needed));
    }

    /** Returns the namespaces in which it has a role, or one that includes it. */
    Set<String> namespaces(Role needed) {
        var namespaces = new HashSet<String>();
        for (var grant : grants) {
            if (grant.role().includes(needed)) {
                namespaces.addAll(grant.namespaces());
            }
        }
        return namespaces.contains(Grant.EVERYWHERE)
                ? Set.of(Grant.EVERYWHERE)
                : Set.copyOf(namespaces);
    }
}
