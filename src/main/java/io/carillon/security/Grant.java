package io.carillon.security;

import java.util.Set;

/**
 * A role in some namespaces.
 *
 * @param namespaces their names; {@link #EVERYWHERE} among them: all there are and will be
 */
public record Grant(Role role, Set<String> namespaces) {
    /** Stands for all namespaces. */
    public static final String EVERYWHERE = "*";

    public Grant {
        namespaces = Set.copyOf(namespaces);
    }

    /** Whether it is for all namespaces. */
    public boolean isEverywhere() {
        return namespaces.contains(EVERYWHERE);
    }
}
