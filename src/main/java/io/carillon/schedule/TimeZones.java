package io.carillon.schedule;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds ambiguous names of time zones. */
public final class TimeZones {
    private static final Pattern NAMED_OFFSET =
            Pattern.compile("(GMT|UTC|UT)([+-])(\\d{1,2})(?::?(\\d\\d))?(?::?\\d\\d)?");

    private TimeZones() {}

    /**
     * Explains why a name such as {@code GMT+5} is ambiguous: ISO reads it as east of Greenwich,
     * POSIX (the variable TZ, and so crontabs) as west. Stored schedules may have such names from
     * when these were accepted, and keep their meaning; this check is for what a client writes.
     *
     * @return null if it is not ambiguous
     */
    public static @Nullable String ambiguity(@Nullable String name) {
        Matcher offset = NAMED_OFFSET.matcher(name == null ? "" : name.strip());
        if (!offset.matches()) {
            return null;
        }
        String size =
                (offset.group(3).length() == 1 ? "0" : "")
                        + offset.group(3)
                        + ":"
                        + (offset.group(4) == null ? "00" : offset.group(4));
        if ("00:00".equals(size)) {
            return null;
        }
        String opposite = "+".equals(offset.group(2)) ? "-" : "+";
        return "\"%s\" is read as %s%s by some and, as POSIX has it, as %s%s by others; write \"%s%s\" or \"%s%s\""
                .formatted(
                        Quotes.printable(offset.group()),
                        offset.group(2),
                        size,
                        opposite,
                        size,
                        offset.group(2),
                        size,
                        opposite,
                        size);
    }
}
