package io.carillon.outgoing.limit;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Limits the calls of each host that it is for. Written as {@code *.example.com concurrent=10
 * pause-after=20 pause=30s}: the host and at least one of the first two.
 *
 * @param host a name in lower case, {@code *.} and a domain, or {@code *} for all
 * @param concurrent how many calls it has at once, over all replicas; null for any number
 * @param pauseAfter after how many failures in a row it is paused; null for never
 * @param pause how long at first
 */
public record HostLimit(
        String host, @Nullable Integer concurrent, @Nullable Integer pauseAfter, Duration pause) {
    /** What people are told about the form. */
    public static final String FORM =
            "a host and its limits, such as *.example.com concurrent=10 pause-after=20 pause=30s";

    /** Each place that a replica has taken is a lock, of which PostgreSQL has some thousands. */
    static final int MOST_CONCURRENT = 1000;

    private static final Duration USUAL_PAUSE = Duration.ofSeconds(30);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
    private static final Pattern HOST =
            Pattern.compile("\\*|(?:\\*\\.)?[a-z0-9_-]+(?:\\.[a-z0-9_-]+)*|\\[[0-9a-f:.]+]");
    private static final Pattern NUMBER = Pattern.compile("[1-9]\\d{0,5}");
    private static final Pattern PAUSE = Pattern.compile("([1-9]\\d{0,3})(ms|s|m|h)");

    /**
     * @throws IllegalArgumentException if it is not of that form
     */
    static HostLimit of(String text) {
        String[] words = text.strip().split("\\s+");
        var limit = new HostLimit(hostOf(words[0]), null, null, USUAL_PAUSE);
        for (int each = 1; each < words.length; each++) {
            String[] sides = words[each].split("=", 2);
            limit = limit.with(sides[0], sides.length == 2 ? sides[1] : "");
        }
        boolean hasPause = text.contains(" pause=");
        if (limit.concurrent == null && limit.pauseAfter == null
                || hasPause && limit.pauseAfter == null) {
            throw new IllegalArgumentException("no limit");
        }
        return limit;
    }

    /** Whether {@link #of} reads the text. */
    public static boolean isOne(String text) {
        try {
            return !of(text).host.isEmpty();
        } catch (IllegalArgumentException none) {
            return false;
        }
    }

    private static String hostOf(String word) {
        String host = word.toLowerCase(Locale.ROOT);
        if (!HOST.matcher(host).matches()) {
            throw new IllegalArgumentException("no host");
        }
        return host;
    }

    private HostLimit with(String name, String value) {
        return switch (name) {
            case "concurrent" -> new HostLimit(host, number(value), pauseAfter, pause);
            case "pause-after" -> new HostLimit(host, concurrent, number(value), pause);
            case "pause" -> new HostLimit(host, concurrent, pauseAfter, duration(value));
            default -> throw new IllegalArgumentException("unknown limit " + name);
        };
    }

    private static int number(String value) {
        int number = NUMBER.matcher(value).matches() ? Integer.parseInt(value) : 0;
        if (number < 1 || number > MOST_CONCURRENT) {
            throw new IllegalArgumentException("not 1 to " + MOST_CONCURRENT);
        }
        return number;
    }

    private static Duration duration(String value) {
        var parts = PAUSE.matcher(value);
        if (!parts.matches()) {
            throw new IllegalArgumentException("no duration");
        }
        long amount = Long.parseLong(parts.group(1));
        var duration =
                switch (parts.group(2)) {
                    case "ms" -> Duration.ofMillis(amount);
                    case "s" -> Duration.ofSeconds(amount);
                    case "m" -> Duration.ofMinutes(amount);
                    default -> Duration.ofHours(amount);
                };
        if (duration.compareTo(LONGEST_PAUSE) > 0) {
            throw new IllegalArgumentException("longer than an hour");
        }
        return duration;
    }

    /** Whether it is for a host, given in lower case. */
    boolean isFor(String name) {
        return host.equals("*")
                || (host.startsWith("*.") ? name.endsWith(host.substring(1)) : name.equals(host));
    }

    /** Tells the more exact of two that are for one host: the name itself, the longest domain. */
    int exactness() {
        return host.startsWith("*") ? host.length() : Integer.MAX_VALUE;
    }
}
