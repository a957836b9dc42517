package io.carillon.security;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Grants a role in some namespaces.
 *
 * @param namespaces their names; with {@link #EVERYWHERE} among them: all present and future ones
 */
public record Grant(Role role, Set<String> namespaces) {
    /** Stands for all namespaces. */
    public static final String EVERYWHERE = "*";

    public Grant {
        namespaces = Set.copyOf(namespaces);
    }

    /** Returns the single namespace it is for; null if there are several. */
    @Nullable String onlyNamespace() {
        return namespaces.size() == 1 && !isEverywhere() ? namespaces.iterator().next() : null;
    }

    /** Whether it is for all namespaces. */
    public boolean isEverywhere() {
        return namespaces.contains(EVERYWHERE);
    }
}
