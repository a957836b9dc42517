package io.carillon.security;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Grants a role in namespaces to tokens that have a claim with a value: {@code groups=operators
 * ADMIN *}, {@code repository=acme/billing EDITOR billing,shop}.
 *
 * @param claim its name, or the path to it with dots, such as {@code realm_access.roles}
 * @param value the claim's value, or one in its list
 */
public record TokenGrant(String claim, String value, Grant grant) {
    private static final Pattern FORM =
            Pattern.compile("\\s*([^=\\s]+)=(.*\\S)\\s+(\\S+)\\s+(\\S+)\\s*");

    /**
     * @throws IllegalArgumentException if the text has not this form
     */
    static TokenGrant of(String text) {
        var parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("expected claim=value ROLE namespaces");
        }
        var role = Role.valueOf(parts.group(3).toUpperCase(Locale.ROOT));
        return new TokenGrant(
                parts.group(1), parts.group(2), new Grant(role, Set.of(parts.group(4).split(","))));
    }

    /** Whether a text has this form, and the role exists. */
    public static boolean isOne(String text) {
        try {
            return !of(text).claim.isEmpty();
        } catch (IllegalArgumentException none) {
            return false;
        }
    }

    /** Returns which claim with which value has the grant. */
    String condition() {
        return claim + "=" + value;
    }

    /** Whether a token has the claim with the value. */
    boolean isOf(Map<String, Object> claims) {
        var found = found(claims, claim);
        return found instanceof Collection<?> several
                ? several.contains(value)
                : found != null && value.equals(found.toString());
    }

    private static @Nullable Object found(Map<?, ?> claims, String path) {
        if (claims.containsKey(path)) {
            return claims.get(path);
        }
        // A name may have dots itself, so the path is tried at each.
        for (int dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
            if (claims.get(path.substring(0, dot)) instanceof Map<?, ?> below) {
                return found(below, path.substring(dot + 1));
            }
        }
        return null;
    }
}
