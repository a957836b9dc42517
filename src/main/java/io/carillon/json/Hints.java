package io.carillon.json;

import static java.util.Map.entry;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Guesses what a client meant by an unknown name: the same name in another spelling, another
 * scheduler's word for it, or a name that differs by a letter or two.
 */
public final class Hints {
    /**
     * Maps names that other schedulers use, folded, to Carillon's names; the first known one
     * counts.
     */
    private static final Map<String, List<String>> FOREIGN =
            Map.ofEntries(
                    entry("jobtype", List.of("type")),
                    entry("kind", List.of("type")),
                    entry("handler", List.of("type")),
                    entry("title", List.of("name")),
                    entry("jobname", List.of("name", "q")),
                    entry("cron", List.of("cron", "schedule")),
                    entry("crontab", List.of("cron", "schedule")),
                    entry("cronexpression", List.of("cron", "schedule")),
                    entry("cronschedule", List.of("cron", "schedule")),
                    entry("expression", List.of("cron", "schedule")),
                    entry("interval", List.of("every", "schedule.every")),
                    entry("repeatinterval", List.of("every", "schedule.every")),
                    entry("tz", List.of("timeZone", "schedule.timeZone")),
                    entry("timezoneid", List.of("timeZone", "schedule.timeZone")),
                    entry("startdate", List.of("startAt", "schedule.startAt", "from")),
                    entry("enddate", List.of("endAt", "schedule.endAt", "to")),
                    entry("active", List.of("enabled")),
                    entry("isactive", List.of("enabled")),
                    entry("isenabled", List.of("enabled")),
                    entry("disabled", List.of("enabled")),
                    entry("paused", List.of("enabled")),
                    entry("suspend", List.of("enabled")),
                    entry("suspended", List.of("enabled")),
                    entry("maxretries", List.of("maxAttempts", "retry.maxAttempts")),
                    entry("retries", List.of("maxAttempts", "retry.maxAttempts")),
                    entry("retrycount", List.of("maxAttempts", "retry.maxAttempts")),
                    entry("attempts", List.of("maxAttempts", "retry.maxAttempts")),
                    entry("backofflimit", List.of("maxAttempts", "retry.maxAttempts")),
                    entry("retrypolicy", List.of("retry")),
                    entry("retrydelay", List.of("delay", "retry.delay")),
                    entry("initialdelay", List.of("delay", "retry.delay")),
                    entry("backofftype", List.of("backoff", "retry.backoff")),
                    entry("payload", List.of("config")),
                    entry("params", List.of("config")),
                    entry("parameters", List.of("config")),
                    entry("data", List.of("config")),
                    entry("args", List.of("config")),
                    entry("arguments", List.of("config")),
                    entry("tags", List.of("labels", "label")),
                    entry("tag", List.of("labels", "label")),
                    entry("concurrencypolicy", List.of("overlap")),
                    entry("misfirepolicy", List.of("misfire")),
                    entry("startingdeadlineseconds", List.of("startDeadline")),
                    entry("executeat", List.of("runAt", "schedule.at")),
                    entry("scheduledfor", List.of("runAt", "schedule.at", "scheduledAt")),
                    entry("concurrency", List.of("maxConcurrent", "capacity")),
                    entry("maxconcurrency", List.of("maxConcurrent")),
                    entry("rate", List.of("ratePerSecond")),
                    entry("ratelimit", List.of("ratePerSecond")),
                    entry("status", List.of("state")),
                    entry("size", List.of("limit")),
                    entry("pagesize", List.of("limit")),
                    entry("perpage", List.of("limit")),
                    entry("count", List.of("limit")),
                    entry("offset", List.of("page", "cursor")),
                    entry("pagetoken", List.of("cursor", "page")),
                    entry("after", List.of("cursor", "from")),
                    entry("since", List.of("from")),
                    entry("until", List.of("to")),
                    entry("before", List.of("to")),
                    entry("search", List.of("q")),
                    entry("query", List.of("q")),
                    entry("filter", List.of("q")),
                    entry("name", List.of("q")));

    private static final int SHORTEST_TO_COMPARE = 4;
    private static final int LONGEST_TO_COMPARE = 64;

    private Hints() {}

    /**
     * Finds the known name that was probably meant.
     *
     * @param known names, or paths such as {@code retry.delay}; of two equally similar names, the
     *     first
     * @return null if none is similar
     */
    public static @Nullable String nearest(String name, Collection<String> known) {
        String folded = fold(name);
        if (folded.isEmpty() || folded.length() > LONGEST_TO_COMPARE) {
            return null;
        }
        for (String each : known) {
            if (folded.equals(fold(each))) {
                return each;
            }
        }
        String plain = withoutUnit(folded);
        for (String word : FOREIGN.getOrDefault(folded, FOREIGN.getOrDefault(plain, List.of()))) {
            if (known.contains(word)) {
                return word;
            }
        }
        for (String each : known) {
            String end = fold(last(each));
            if (folded.equals(end) || plain.equals(end)) {
                return each;
            }
        }
        return byDistance(folded, known);
    }

    private static @Nullable String byDistance(String folded, Collection<String> known) {
        String nearest = null;
        int least =
                folded.length() < SHORTEST_TO_COMPARE ? 1 : Math.min(3, folded.length() / 3 + 1);
        for (String each : known) {
            String other = fold(last(each));
            // Short words all differ from each other by only a letter or two.
            if (other.length() >= SHORTEST_TO_COMPARE - 1) {
                int distance = distance(folded, other);
                if (distance < least) {
                    least = distance;
                    nearest = each;
                }
            }
        }
        return nearest;
    }

    private static String last(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /** Removes case, underscores and dashes: {@code max_attempts} is {@code maxAttempts}. */
    private static String fold(String name) {
        return name.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
    }

    /** Removes a unit, which others write into the name: {@code timeout_seconds}. */
    private static String withoutUnit(String folded) {
        return folded.replaceFirst(
                "(?<=..)(in)?(milliseconds|millis|ms|seconds|secs|sec|minutes|mins|hours|days)$",
                "");
    }

    /** Counts the insertions, deletions, replacements and swaps of neighbours between two names. */
    public static int distance(String from, String to) {
        int[][] steps = new int[from.length() + 1][to.length() + 1];
        for (int row = 0; row <= from.length(); row++) {
            for (int column = 0; column <= to.length(); column++) {
                if (row == 0 || column == 0) {
                    steps[row][column] = row + column;
                    continue;
                }
                boolean isSame = from.charAt(row - 1) == to.charAt(column - 1);
                int best =
                        Math.min(
                                steps[row - 1][column - 1] + (isSame ? 0 : 1),
                                Math.min(steps[row - 1][column], steps[row][column - 1]) + 1);
                boolean isSwap =
                        row > 1
                                && column > 1
                                && from.charAt(row - 1) == to.charAt(column - 2)
                                && from.charAt(row - 2) == to.charAt(column - 1);
                steps[row][column] = isSwap ? Math.min(best, steps[row - 2][column - 2] + 1) : best;
            }
        }
        return steps[from.length()][to.length()];
    }
}
