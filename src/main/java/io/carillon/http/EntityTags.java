package io.carillon.http;

import io.carillon.problem.ProblemException;
import jakarta.ws.rs.core.EntityTag;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Converts versions to and from entity tags (RFC 9110 §8.8.3), such as {@code "3"}. */
public final class EntityTags {
    /** One strong entity tag. */
    private static final Pattern STRONG = Pattern.compile("\"[^\"]+\"");

    private EntityTags() {}

    public static EntityTag of(long version) {
        return new EntityTag(Long.toString(version));
    }

    /** Returns the version in an If-Match header; null if there is none or it is {@code *}. */
    public static @Nullable Long version(@Nullable String ifMatch) {
        if (ifMatch == null || ifMatch.isBlank() || "*".equals(ifMatch.trim())) {
            return null;
        }
        String tag = ifMatch.trim();
        if (STRONG.matcher(tag).matches()) {
            try {
                return Long.valueOf(tag.substring(1, tag.length() - 1));
            } catch (NumberFormatException notOurs) {
                // A strong tag that is not a version: it cannot match.
                return -1L;
            }
        }
        throw ProblemException.invalid("If-Match", "expected one strong ETag such as \"3\", or *");
    }
}
