package io.carillon.http;

import io.carillon.json.StorableInstant;
import io.carillon.problem.ProblemException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads query parameters so that a bad one gives a 400 that names it; JAX-RS conversion would
 * answer 404. A null or empty value counts as not given.
 */
public final class Parameters {
    private Parameters() {}

    public static @Nullable String text(@Nullable String value) {
        return value == null || value.isEmpty() ? null : value;
    }

    public static int integer(
            String name, @Nullable String value, int defaultValue, int minimum, int maximum) {
        if (value == null || value.isEmpty()) {
            return defaultValue;
        }
        try {
            int number = Integer.parseInt(value);
            if (number >= minimum && number <= maximum) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // The message below says what was expected.
        }
        throw ProblemException.invalid(
                name, "expected a whole number from " + minimum + " to " + maximum);
    }

    /**
     * @param values each {@code key=value}, or {@code key:value} where there is no {@code =}
     */
    public static Map<String, String> labels(String name, @Nullable List<String> values) {
        var labels = new TreeMap<String, String>();
        for (String each : values == null ? List.<String>of() : values) {
            if (each.isEmpty()) {
                continue;
            }
            int equals = each.indexOf('=');
            int separator = equals < 0 ? each.indexOf(':') : equals;
            if (separator < 1) {
                throw ProblemException.invalid(name, "expected key=value");
            }
            String key = each.substring(0, separator);
            String value = each.substring(separator + 1);
            String before = labels.putIfAbsent(key, value);
            if (before != null && !before.equals(value)) {
                throw ProblemException.invalid(name, "asks for two values of '" + key + "'");
            }
        }
        return labels;
    }

    public static @Nullable Boolean bool(String name, @Nullable String value) {
        if (value == null || value.isEmpty()) {
            return null;
        }
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw ProblemException.invalid(name, "expected true or false");
        };
    }

    public static @Nullable Instant instant(String name, @Nullable String value) {
        if (value == null || value.isEmpty()) {
            return null;
        }
        try {
            return StorableInstant.check(OffsetDateTime.parse(value).toInstant());
        } catch (DateTimeException invalid) {
            throw ProblemException.invalid(
                    name,
                    "expected an RFC 3339 instant such as 2026-12-01T09:00:00Z, between 1970 and 2200");
        }
    }

    /**
     * Returns the number after which the next page of a listing by descending numbers begins; the
     * highest number if no cursor is given.
     */
    public static long cursor(String name, @Nullable String value) {
        if (value == null || value.isEmpty()) {
            return Long.MAX_VALUE;
        }
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException notANumber) {
            throw ProblemException.invalid(name, "expected the nextCursor of a page");
        }
    }

    public static @Nullable UUID uuid(String name, @Nullable String value) {
        if (value == null || value.isEmpty()) {
            return null;
        }
        try {
            return UUID.fromString(value);
        } catch (IllegalArgumentException invalid) {
            throw ProblemException.invalid(name, "expected a UUID");
        }
    }

    public static <E extends Enum<E>> @Nullable E oneOf(
            String name, @Nullable String value, Class<E> type) {
        if (value == null || value.isEmpty()) {
            return null;
        }
        try {
            return Enum.valueOf(type, value.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException invalid) {
            throw ProblemException.invalid(
                    name, "expected one of " + Arrays.toString(type.getEnumConstants()));
        }
    }
}
