package io.carillon.job.importing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads crontabs as Vixie cron and cronie do: five fields or a name such as {@code @daily}, a
 * command, environment lines in between. {@code CRON_TZ} is the zone of the lines after it; {@code
 * TZ} is a variable of the command and does not change the schedule, as in cronie. The comment
 * above an entry gives the job's name, further lines its description; a commented-out entry or a
 * header of the columns gives neither.
 */
final class CrontabReader {
    private static final Pattern ENVIRONMENT =
            Pattern.compile("(\"[^\"]*\"|'[^']*'|[^\\s=\"'][^\\s=]*)\\s*=\\s*(.*)");
    private static final Pattern FIELDS = Pattern.compile("((?:[^\\s@]\\S*\\s+){5})(.*)");
    private static final Pattern MACRO = Pattern.compile("(@\\S+)\\s*(.*)");
    private static final Pattern FIRST_WORD = Pattern.compile("(\\S+)\\s*(.*)");
    private static final Pattern ENTRY_START =
            Pattern.compile(
                    "(@[a-z]+|[*0-9][\\d*/,~-]*\\s+[*0-9]\\S*\\s+\\S+\\s+\\S+\\s+\\S+)\\s+\\S.*");

    /**
     * cronie's random time between two; cronie draws it again at each load, while {@code H} stays
     * the same.
     */
    private static final Pattern RANDOM = Pattern.compile("(\\d*)~(\\d*)");

    /**
     * {@code 5/15}: cronie refuses it, older crons read it as 5, and Carillon steps to the end of
     * the field.
     */
    private static final Pattern STEP_OF_ONE = Pattern.compile("(?<![-*\\w/~])\\w+/\\d+");

    private static final Pattern INPUT_LINE = Pattern.compile("(?<!\\\\)%");
    private static final Pattern RANGE = Pattern.compile("(\\d+)-(\\d+)");

    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_DESCRIPTION = 4000;

    private final boolean hasUsers;
    private @Nullable String zone;
    private final Set<String> environment = new TreeSet<>();
    private final List<String> comments = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private final List<ImportedJob> jobs = new ArrayList<>();

    private CrontabReader(boolean hasUsers, @Nullable String timeZone) {
        this.hasUsers = hasUsers;
        this.zone = timeZone;
    }

    /**
     * @param hasUsers whether a column names the user, as in /etc/crontab
     * @param timeZone the zone of lines before any CRON_TZ; null for UTC
     */
    static List<ImportedJob> read(String text, boolean hasUsers, @Nullable String timeZone) {
        var reader = new CrontabReader(hasUsers, timeZone);
        int number = 0;
        for (String line : text.split("\r\n|\n", -1)) {
            number++;
            reader.line(number, line.strip());
        }
        return reader.jobs;
    }

    private void line(int number, String line) {
        if (line.isEmpty()) {
            comments.clear();
            return;
        }
        if (line.startsWith("#")) {
            comment(line.replaceFirst("^#+\\s*", ""));
            return;
        }
        var variable = ENVIRONMENT.matcher(line);
        if (variable.matches()) {
            environment(unquoted(variable.group(1)), unquoted(variable.group(2)));
        } else {
            jobs.add(job("line " + number, line));
        }
        comments.clear();
    }

    private void comment(String text) {
        boolean isHeader = text.contains("dom") && text.contains("dow");
        if (!text.isEmpty() && !isHeader && !ENTRY_START.matcher(text).matches()) {
            comments.add(text);
        }
    }

    private void environment(String name, String value) {
        if (name.equals("CRON_TZ")) {
            zone = value;
        } else {
            environment.add(name);
        }
    }

    private static String unquoted(String value) {
        boolean isQuoted =
                value.length() > 1
                        && (value.startsWith("\"") || value.startsWith("'"))
                        && value.endsWith(value.substring(0, 1));
        return isQuoted ? value.substring(1, value.length() - 1) : value;
    }

    private ImportedJob job(String place, String line) {
        // cronie: a dash before the entry keeps it out of the system's log.
        String entry = line.startsWith("-") ? line.substring(1) : line;
        Matcher parts = entry.startsWith("@") ? MACRO.matcher(entry) : FIELDS.matcher(entry);
        if (!parts.matches() || parts.group(2).isEmpty()) {
            return refused(
                    place, line, "expected five fields or a name such as @daily, and a command");
        }
        String cron = parts.group(1).strip();
        var step = STEP_OF_ONE.matcher(cron);
        if (step.find()) {
            return refused(
                    place,
                    line,
                    "'"
                            + step.group()
                            + "' is ambiguous, write a range and its step, such"
                            + " as 5-59/15");
        }
        String rest = parts.group(2);
        var values = new HashMap<String, String>();
        if (hasUsers) {
            var user = FIRST_WORD.matcher(rest);
            if (!user.matches() || user.group(2).isEmpty()) {
                return refused(place, line, "expected a user and a command");
            }
            values.put("user", user.group(1));
            rest = user.group(2);
        }
        if (cron.equalsIgnoreCase("@reboot")) {
            return refused(
                    place, rest, "@reboot is not a time: no machine's start could fire a job");
        }
        var notes = new ArrayList<String>();
        String spread = spread(cron);
        if (!spread.equals(cron)) {
            notes.add(
                    "a random time is the same every day here: " + cron + " has become " + spread);
        }
        var range = RANGE.matcher(cron);
        while (range.find()) {
            if (number(range.group(1)) > number(range.group(2))) {
                notes.add(
                        range.group()
                                + " wraps around the end of the field, which some crons refuse");
            }
        }
        if (!environment.isEmpty()) {
            notes.add("environment is not carried over: " + String.join(", ", environment));
        }
        if (environment.contains("TZ")) {
            notes.add("TZ is for the command and moves no schedule, as in cron; CRON_TZ would");
        }
        if (!hasUsers && rest.matches("root\\s+\\S.*")) {
            notes.add("if root is the user and no command, send userColumn: true");
        }
        split(rest, values);
        var fields = JsonNodeFactory.instance.objectNode();
        name(fields, values.getOrDefault("command", rest));
        var schedule = fields.putObject("schedule").put("cron", spread);
        if (zone != null) {
            schedule.put("timeZone", zone);
        }
        return new ImportedJob(place, fields, values, notes, null);
    }

    private static String spread(String cron) {
        return RANDOM.matcher(cron)
                .replaceAll(
                        random ->
                                random.group(1).isEmpty() || random.group(2).isEmpty()
                                        ? "H"
                                        : "H(" + random.group(1) + "-" + random.group(2) + ")");
    }

    private static int number(String digits) {
        return digits.length() > 4 ? Integer.MAX_VALUE : Integer.parseInt(digits);
    }

    /**
     * Splits a command: what follows the first % is its input, line by line; \\% is a %. As in
     * cron, a backslash escapes another backslash in the command, but not in the input.
     */
    private static void split(String text, Map<String, String> values) {
        int end = endOfCommand(text);
        values.put("command", unescaped(text.substring(0, end)).strip());
        values.put(
                "input",
                end == text.length()
                        ? ""
                        : unescaped(INPUT_LINE.matcher(text.substring(end + 1)).replaceAll("\n")));
    }

    private static int endOfCommand(String text) {
        boolean isEscaped = false;
        for (int index = 0; index < text.length(); index++) {
            if (text.charAt(index) == '%' && !isEscaped) {
                return index;
            }
            isEscaped = text.charAt(index) == '\\' && !isEscaped;
        }
        return text.length();
    }

    private static String unescaped(String text) {
        return text.replace("\\%", "%");
    }

    private void name(ObjectNode fields, String command) {
        String wanted = comments.isEmpty() ? command : comments.getFirst();
        fields.put("name", unique(cut(wanted, LONGEST_NAME), names));
        if (comments.size() > 1) {
            fields.put(
                    "description",
                    cut(
                            comments.stream().skip(1).collect(Collectors.joining("\n")),
                            LONGEST_DESCRIPTION));
        }
    }

    /** Returns the name, with a number appended if it is taken. */
    static String unique(String name, Set<String> taken) {
        String candidate = name;
        for (int number = 2; !taken.add(candidate); number++) {
            String suffix = " (" + number + ")";
            candidate = cut(name, LONGEST_NAME - suffix.length()) + suffix;
        }
        return candidate;
    }

    private static String cut(String text, int length) {
        if (text.length() <= length) {
            return text;
        }
        // Does not cut through a surrogate pair.
        int end = Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length;
        return text.substring(0, end);
    }

    private ImportedJob refused(String place, String line, String reason) {
        var fields = JsonNodeFactory.instance.objectNode();
        name(fields, line);
        return new ImportedJob(place, fields, Map.of(), List.of(), reason);
    }
}
