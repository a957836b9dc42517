package io.carillon.security;

import java.util.Set;
import org.jspecify.annotations.Nullable;

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

    /** The one namespace it is for; null if there are several. */
    @Nullable String onlyNamespace() {
        return namespaces.size() == 1 && !isEverywhere() ? namespaces.iterator().next() : null;
    }

    /** Whether it is for all namespaces. */
    public boolean isEverywhere() {
        return namespaces.contains(EVERYWHERE);
    }
}
