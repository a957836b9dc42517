package io.carillon.job.importing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.job.importing.JsonEntries.Entry;
import io.carillon.job.importing.JsonEntries.Refused;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads schedules of Amazon EventBridge Scheduler, as {@code aws scheduler get-schedule} writes
 * each of them. Their targets are Amazon's, so the template says what a job does; {@code {{input}}}
 * and {@code {{target}}} are the target's input and address.
 */
final class EventBridgeReader {
    private static final Pattern EXPRESSION = Pattern.compile("(rate|cron|at)\\((.*)\\)");
    private static final Pattern RATE =
            Pattern.compile("(\\d+)\\s+(minute|hour|day)s?", Pattern.CASE_INSENSITIVE);

    /** Its days of the week are 1 to 7, Sunday first; ours are 0 to 6. */
    private static final Pattern DAY = Pattern.compile("(?<![#/\\w])([1-7])(?=L?(?:\\W|$))");

    private static final Set<String> KNOWN =
            Set.of(
                    "Name",
                    "GroupName",
                    "Arn",
                    "Description",
                    "ScheduleExpression",
                    "ScheduleExpressionTimezone",
                    "State",
                    "FlexibleTimeWindow",
                    "StartDate",
                    "EndDate",
                    "Target",
                    "CreationDate",
                    "LastModificationDate",
                    "ActionAfterCompletion");

    private EventBridgeReader() {}

    static List<ImportedJob> read(JsonNode list) {
        return JsonEntries.read("eventBridge", list, EventBridgeReader::job);
    }

    private static Map<String, String> job(Entry entry, Set<String> names) {
        entry.fields.put("name", CrontabReader.unique(entry.text("Name"), names));
        if (!entry.text("Description").isEmpty()) {
            entry.fields.put("description", entry.text("Description"));
        }
        String group = entry.text("GroupName");
        if (!group.isEmpty() && !group.equals("default")) {
            entry.fields.putObject("labels").put("group", group);
        }
        // It invokes its target whatever became of the invocation before.
        entry.fields.put("overlap", "ALLOW");
        var schedule = entry.fields.putObject("schedule");
        String zone = entry.source.path("ScheduleExpressionTimezone").asText("UTC");
        expression(entry.text("ScheduleExpression").strip(), zone, schedule, entry);
        bounds(entry, schedule);
        var window = entry.source.path("FlexibleTimeWindow");
        if (window.path("Mode").asText().equals("FLEXIBLE")) {
            schedule.put("jitter", window.path("MaximumWindowInMinutes").asInt(1) + "m");
        }
        if (entry.text("State").equals("DISABLED")) {
            entry.fields.put("enabled", false);
        }
        if (entry.text("ActionAfterCompletion").equals("DELETE")) {
            entry.notes.add("it stays when it has completed");
        }
        entry.noteOthers(entry.source, KNOWN);
        return target(entry, entry.source.path("Target"));
    }

    private static void expression(String text, String zone, ObjectNode schedule, Entry entry) {
        var parts = EXPRESSION.matcher(text);
        if (!parts.matches()) {
            throw new Refused("expected rate(…), cron(…) or at(…), found '" + text + "'");
        }
        String inside = parts.group(2).strip();
        switch (parts.group(1)) {
            case "rate" -> {
                var rate = RATE.matcher(inside);
                if (!rate.matches()) {
                    throw new Refused("expected rate(5 minutes), found '" + text + "'");
                }
                String unit = rate.group(2).substring(0, 1).toLowerCase(Locale.ROOT);
                schedule.put("every", rate.group(1) + unit);
                if (!entry.source.hasNonNull("StartDate")) {
                    entry.notes.add("a rate begins one interval after the job is made");
                }
            }
            case "cron" -> {
                schedule.put("cron", cron(inside, entry)).put("timeZone", zone);
                // A time that a change of clocks leaves out is left out there.
                schedule.putObject("dst").put("gap", "SKIP");
            }
            default -> schedule.put("at", instant(inside, zone));
        }
    }

    private static String cron(String text, Entry entry) {
        var fields = text.split("\\s+");
        if (fields.length != 6) {
            throw new Refused("expected six fields in cron(…), found " + fields.length);
        }
        String days =
                DAY.matcher(fields[4])
                        .replaceAll(day -> String.valueOf(Integer.parseInt(day.group(1)) - 1));
        if (!days.equals(fields[4])) {
            entry.notes.add(
                    "days of the week count from 0 here: " + fields[4] + " has become " + days);
        }
        return "0 %s %s %s %s %s %s"
                .formatted(fields[0], fields[1], fields[2], fields[3], days, fields[5]);
    }

    private static String instant(String local, String zone) {
        try {
            return LocalDateTime.parse(local).atZone(ZoneId.of(zone)).toInstant().toString();
        } catch (DateTimeException wrong) {
            throw new Refused("expected at(2026-12-01T09:00:00), found '" + local + "'");
        }
    }

    /** Its dates are written as ISO 8601, or as seconds since 1970. */
    private static void bounds(Entry entry, ObjectNode schedule) {
        for (var each : Map.of("StartDate", "startAt", "EndDate", "endAt").entrySet()) {
            var date = entry.source.path(each.getKey());
            if (date.isNumber()) {
                schedule.put(each.getValue(), Instant.ofEpochSecond(date.asLong()).toString());
            } else if (date.isTextual()) {
                try {
                    schedule.put(
                            each.getValue(),
                            OffsetDateTime.parse(date.textValue()).toInstant().toString());
                } catch (DateTimeParseException wrong) {
                    throw new Refused(each.getKey() + " cannot be read: " + date.textValue());
                }
            }
        }
    }

    private static Map<String, String> target(Entry entry, JsonNode target) {
        var retry = target.path("RetryPolicy");
        if (retry.path("MaximumRetryAttempts").isNumber()) {
            entry.fields
                    .putObject("retry")
                    .put("maxAttempts", retry.path("MaximumRetryAttempts").asInt() + 1);
        }
        if (retry.path("MaximumEventAgeInSeconds").isNumber()) {
            entry.fields.put(
                    "startDeadline", retry.path("MaximumEventAgeInSeconds").asLong() + "s");
        }
        if (target.path("DeadLetterConfig").isObject()) {
            entry.notes.add("dead letters stay in the ledger, where they can be replayed");
        }
        var values = new HashMap<String, String>();
        values.put("input", target.path("Input").asText(""));
        values.put("target", target.path("Arn").asText(""));
        return values;
    }
}
