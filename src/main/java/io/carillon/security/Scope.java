package io.carillon.security;

import io.carillon.problem.ProblemException;
import io.carillon.problem.ProblemKind;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Holds the namespaces that a request may see, and those in which it may do what it asks for. Every
 * read and write of data in a namespace takes a scope.
 */
public final class Scope {
    /** The scope of what Carillon does by itself. */
    public static final Scope EVERYTHING = Caller.ANYBODY.scope(Role.ADMIN);

    /** The namespace of anything that names none. */
    public static final String DEFAULT_NAMESPACE = "default";

    private final Role role;
    private final Set<String> visible;
    private final Set<String> permitted;

    Scope(Role role, Set<String> visible, Set<String> permitted) {
        this.role = role;
        this.visible = visible;
        this.permitted = permitted;
    }

    /** Whether the request may see the namespace. */
    public boolean sees(String namespace) {
        return contains(visible, namespace);
    }

    /** Whether the request may do what it asks for in a namespace. */
    public boolean permits(String namespace) {
        return contains(permitted, namespace);
    }

    /** Whether the request may do what it asks for in all namespaces. */
    public boolean isEverywhere() {
        return permitted.contains(Grant.EVERYWHERE);
    }

    /** Whether there is a namespace in which the request may do what it asks for. */
    public boolean isAnywhere() {
        return !permitted.isEmpty();
    }

    /**
     * Checks that the request may act on something.
     *
     * @param namespace the namespace of what was found
     * @throws ProblemException {@code absent} if the request may not see it; 403 if it may see it
     *     but not act on it
     */
    public void check(String namespace, ProblemException absent) {
        if (permits(namespace)) {
            return;
        }
        throw sees(namespace) ? forbidden(namespace) : absent;
    }

    /**
     * Returns the namespace in which to make something.
     *
     * @param asked null: {@link #defaultNamespace}
     * @throws ProblemException 403 if the request may not do this there
     */
    public String namespace(@Nullable String asked) {
        String namespace = asked == null ? defaultNamespace() : asked;
        if (!permits(namespace)) {
            throw forbidden(namespace);
        }
        return namespace;
    }

    /**
     * Returns the only namespace in which the request may do this, or else {@link
     * #DEFAULT_NAMESPACE}.
     */
    public String defaultNamespace() {
        return permitted.size() == 1 && !isEverywhere()
                ? permitted.iterator().next()
                : DEFAULT_NAMESPACE;
    }

    /** Returns the namespaces to list; empty: all. */
    public Optional<Set<String>> listed(@Nullable String asked) {
        if (asked == null) {
            return isEverywhere() ? Optional.empty() : Optional.of(permitted);
        }
        return Optional.of(permits(asked) ? Set.of(asked) : Set.of());
    }

    /** Returns the namespaces that the request may see; empty: all. */
    public Optional<Set<String>> visible() {
        return visible.contains(Grant.EVERYWHERE) ? Optional.empty() : Optional.of(visible);
    }

    private static boolean contains(Set<String> namespaces, String namespace) {
        return namespaces.contains(namespace) || namespaces.contains(Grant.EVERYWHERE);
    }

    private ProblemException forbidden(String namespace) {
        return forbidden(
                role,
                namespace.equals(Grant.EVERYWHERE) ? "all namespaces" : "namespace " + namespace);
    }

    /** Returns the 403 for a role that the caller does not have. */
    static ProblemException forbidden(Role role, String where) {
        return new ProblemException(
                ProblemKind.FORBIDDEN, "This needs the role " + role.text() + " in " + where + ".");
    }

    @Override
    public String toString() {
        return role.text() + " in " + new TreeSet<>(permitted);
    }
}
