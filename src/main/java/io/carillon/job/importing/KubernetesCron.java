package io.carillon.job.importing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Translates a CronJob's schedule into Carillon's cron language. Kubernetes reads schedules with
 * robfig/cron v3. There a star anywhere in a field makes the field unrestricted, a step greater
 * than one makes it restricted again, {@code ?} is a star in every field, days of the week end at
 * 6, and ranges do not wrap around. Anything that Kubernetes would refuse is refused here too.
 *
 * @param cron the expression with the same meaning in Carillon
 * @param timeZone the zone of a {@code TZ=} or {@code CRON_TZ=} prefix; null if there is none
 * @param notes how it differs from what was written
 */
record KubernetesCron(String cron, @Nullable String timeZone, List<String> notes) {
    private static final Set<String> NAMES =
            Set.of("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly");
    private static final Pattern ZONE = Pattern.compile("(?:CRON_)?TZ=(\\S*)\\s+(.*)");
    private static final Pattern EVERY =
            Pattern.compile("@every (?=\\d)(?:\\d+h)?(?:\\d+m)?(?:\\d+s)?");
    private static final Pattern TERM =
            Pattern.compile(
                    "(\\*|\\?|\\d{1,9}|[A-Za-z]{3})(?:-(\\d{1,9}|[A-Za-z]{3}))?(?:/(\\d{1,9}))?");
    private static final List<String> MONTHS =
            List.of(
                    "", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV",
                    "DEC");
    private static final List<String> DAYS =
            List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");
    private static final int DAY_OF_MONTH = 2;
    private static final int MONTH = 3;
    private static final int DAY_OF_WEEK = 4;
    private static final int LAST_DAY_OF_WEEK = 6;

    boolean isInterval() {
        return cron.startsWith("@every");
    }

    /**
     * @throws IllegalArgumentException if Kubernetes would refuse it; the message says why
     */
    static KubernetesCron of(String schedule) {
        var zone = ZONE.matcher(schedule.strip());
        boolean hasZone = zone.matches();
        String cron = hasZone ? zone.group(2).strip() : schedule.strip();
        String timeZone = hasZone ? zone.group(1) : null;
        if (cron.startsWith("@")) {
            return named(cron, timeZone);
        }
        String[] fields = cron.split("\\s+");
        if (fields.length != 5) {
            throw new IllegalArgumentException(
                    "expected five fields or a name such as @daily, as Kubernetes does");
        }
        for (int field = 0; field < fields.length; field++) {
            fields[field] = field(field, fields[field]);
        }
        var notes = new ArrayList<String>();
        if (!isStar(fields[DAY_OF_MONTH]) && !isStar(fields[DAY_OF_WEEK])) {
            String before = String.join(" ", fields);
            fields[DAY_OF_MONTH] = restricted(fields[DAY_OF_MONTH], "1-31");
            fields[DAY_OF_WEEK] = restricted(fields[DAY_OF_WEEK], "0-6");
            String after = String.join(" ", fields);
            if (!after.equals(before)) {
                notes.add(
                        "so that a day which matches either day field is planned, as in"
                                + " Kubernetes: "
                                + before
                                + " has become "
                                + after);
            }
        }
        return new KubernetesCron(String.join(" ", fields), timeZone, List.copyOf(notes));
    }

    private static KubernetesCron named(String cron, @Nullable String timeZone) {
        if (NAMES.contains(cron)) {
            return new KubernetesCron(cron, timeZone, List.of());
        }
        if (EVERY.matcher(cron).matches()) {
            return new KubernetesCron(
                    cron, timeZone, List.of("@every counts from the creation of the job here"));
        }
        throw new IllegalArgumentException(
                "expected @yearly, @monthly, @weekly, @daily, @hourly or @every with whole hours,"
                        + " minutes and seconds");
    }

    /** Returns the field with stars if it is unrestricted, otherwise as it was written. */
    private static String field(int field, String text) {
        var terms = new ArrayList<String>();
        boolean isStar = false;
        for (String part : text.split(",", -1)) {
            var term = TERM.matcher(part);
            if (!term.matches()) {
                throw unknown(part);
            }
            String first = term.group(1);
            String last = term.group(2);
            String step = term.group(3);
            boolean isAny = first.equals("*") || first.equals("?");
            if (isAny ? last != null : last != null && value(field, first) > value(field, last)) {
                throw unknown(part);
            }
            requireDay(field, first, last);
            isStar |= isAny && (step == null || Integer.parseInt(step) == 1);
            terms.add(isAny && step != null ? "*/" + step : part);
        }
        return isStar ? "*" : String.join(",", terms);
    }

    private static void requireDay(int field, String first, @Nullable String last) {
        boolean isSeven =
                field == DAY_OF_WEEK
                        && (value(field, first) > LAST_DAY_OF_WEEK
                                || (last != null && value(field, last) > LAST_DAY_OF_WEEK));
        if (isSeven) {
            throw new IllegalArgumentException(
                    "days of the week are 0 to 6 in Kubernetes, and Sunday is 0");
        }
    }

    /** Reads a number or a name; the parser of schedules refuses everything else. */
    private static int value(int field, String text) {
        if (Character.isDigit(text.charAt(0))) {
            return Integer.parseInt(text);
        }
        String name = text.toUpperCase(Locale.ROOT);
        return field == MONTH
                ? MONTHS.indexOf(name)
                : field == DAY_OF_WEEK ? DAYS.indexOf(name) : 0;
    }

    private static IllegalArgumentException unknown(String part) {
        return new IllegalArgumentException(
                "Kubernetes does not know '"
                        + part.substring(0, Math.min(part.length(), 40))
                        + "' in a schedule");
    }

    private static boolean isStar(String field) {
        return field.equals("*");
    }

    /**
     * Rewrites a restricted field that begins with a star, because Carillon would treat it as
     * unrestricted, whatever its step.
     */
    private static String restricted(String field, String whole) {
        var terms = new ArrayList<String>();
        for (String term : field.split(",", -1)) {
            terms.add(term.startsWith("*") ? whole + term.substring(1) : term);
        }
        return String.join(",", terms);
    }
}
