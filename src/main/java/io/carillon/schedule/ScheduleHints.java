package io.carillon.schedule;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Suggests how to write a schedule that is written in another system's notation: {@code rate(5
 * minutes)}, {@code every day at 9}.
 */
final class ScheduleHints {
    private static final Pattern RATE =
            Pattern.compile(
                    "(?:rate\\s*\\(|(?:once )?every)\\s*(\\d{1,6})?\\s*"
                            + "(s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?|d(?:ays?)?|w(?:eeks?)?)\\s*\\)?");
    private static final Pattern DAILY =
            Pattern.compile(
                    "(?:daily|every ?day|each day)(?: at)? (\\d{1,2})(?:[:.h](\\d\\d)?)?\\s*(am|pm)?.*");
    private static final Pattern AWS = Pattern.compile("cron\\s*\\((.*)\\)");
    private static final Pattern INSTANT = Pattern.compile("\\d{4}-\\d\\d-\\d\\d[t ].*");
    private static final Map<String, String> WORDS =
            Map.of("hourly", "1h", "daily", "24h", "weekly", "7d");

    private ScheduleHints() {}

    /** Returns what to add to the message about an unreadable expression; may be empty. */
    static String of(String expression) {
        String text = expression.strip().toLowerCase(Locale.ROOT);
        Matcher rate = RATE.matcher(text);
        if (rate.matches()) {
            String count = rate.group(1) == null ? "1" : rate.group(1);
            return every(count + rate.group(2).charAt(0));
        }
        Matcher daily = DAILY.matcher(text);
        if (daily.matches() && Integer.parseInt(daily.group(1)) < 24) {
            int hour = Integer.parseInt(daily.group(1)) % ("".equals(half(daily)) ? 24 : 12);
            return "; every day at a time is the cron expression \"%d %d * * *\", and {\"every\": \"24h\"} a fixed distance"
                    .formatted(
                            daily.group(2) == null ? 0 : Integer.parseInt(daily.group(2)),
                            hour + ("pm".equals(half(daily)) ? 12 : 0));
        }
        if (WORDS.containsKey(text)) {
            return every(WORDS.get(text)) + ", or \"@" + text + "\"";
        }
        if (AWS.matcher(text).matches()) {
            return "; write the fields alone: five, six with the second first, seven with the year last";
        }
        if (INSTANT.matcher(text).matches()) {
            return "; one instant is {\"at\": \"2026-12-01T09:00:00Z\"}";
        }
        if (isDuration(text)) {
            return every(text);
        }
        return text.startsWith("every") || text.startsWith("at ")
                ? "; a fixed distance is {\"every\": \"5m\"}, and times of day are cron: \"0 9 * * *\" is every day at 9"
                : "";
    }

    private static String half(Matcher daily) {
        return daily.group(3) == null ? "" : daily.group(3);
    }

    private static String every(String length) {
        return "; an interval is {\"every\": \"" + length + "\"}";
    }

    private static boolean isDuration(String text) {
        try {
            return !DurationText.parse(text).isZero();
        } catch (IllegalArgumentException none) {
            return false;
        }
    }
}
