package io.carillon.job.importing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.job.importing.JsonEntries.Entry;
import io.carillon.job.importing.JsonEntries.Refused;
import io.carillon.placeholder.Placeholders;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads Dkron's jobs, as its {@code GET /v1/jobs} answers them. Those of the executor {@code http}
 * become jobs of type {@code http}; what others do says the template, with {@code {{command}}}.
 */
final class DkronReader {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Dkron's zero time, which means none. */
    private static final String NEVER = "0001-01-01T00:00:00Z";

    private static final Set<String> KNOWN =
            Set.of(
                    "id",
                    "name",
                    "displayname",
                    "timezone",
                    "schedule",
                    "owner",
                    "owner_email",
                    "success_count",
                    "error_count",
                    "last_success",
                    "last_error",
                    "disabled",
                    "retries",
                    "parent_job",
                    "concurrency",
                    "executor",
                    "executor_config",
                    "metadata",
                    "status",
                    "next",
                    "ephemeral",
                    "starts_at",
                    "expires_at");

    private DkronReader() {}

    static List<ImportedJob> read(JsonNode list) {
        return JsonEntries.read("dkron", list, DkronReader::job);
    }

    private static Map<String, String> job(Entry entry, Set<String> names) {
        entry.fields.put("name", CrontabReader.unique(entry.text("name"), names));
        if (!entry.text("displayname").isEmpty()) {
            entry.fields.put("description", entry.text("displayname"));
        }
        labels(entry);
        if (entry.text("parent_job").isEmpty()) {
            schedule(entry);
        } else {
            entry.notes.add(
                    "it runs after %s there: set \"after\": {\"job\": \"%s\"} when both are here"
                            .formatted(entry.text("parent_job"), entry.text("parent_job")));
        }
        entry.fields
                .putObject("retry")
                .put("maxAttempts", entry.source.path("retries").asInt() + 1);
        entry.fields.put("overlap", entry.text("concurrency").equals("forbid") ? "SKIP" : "ALLOW");
        if (entry.source.path("disabled").asBoolean()) {
            entry.fields.put("enabled", false);
        }
        if (entry.source.path("ephemeral").asBoolean()) {
            entry.notes.add("it stays when it has run");
        }
        entry.noteOthers(entry.source, KNOWN);
        var config = entry.source.path("executor_config");
        if (entry.text("executor").equals("http")) {
            call(entry, config);
            return Map.of();
        }
        return Map.of("command", config.path("command").asText(config.toString()));
    }

    private static void labels(Entry entry) {
        var labels = entry.fields.objectNode();
        entry.source
                .path("metadata")
                .properties()
                .forEach(each -> labels.put(each.getKey(), each.getValue().asText()));
        if (!entry.text("owner").isEmpty()) {
            labels.put("owner", entry.text("owner"));
        }
        if (!labels.isEmpty()) {
            entry.fields.set("labels", labels);
        }
    }

    private static void schedule(Entry entry) {
        var schedule = entry.fields.putObject("schedule");
        String text = entry.text("schedule").strip();
        if (text.startsWith("@at ")) {
            schedule.put("at", text.substring("@at ".length()).strip());
            return;
        }
        if (text.startsWith("@every ")) {
            schedule.put("every", text.substring("@every ".length()).strip());
        } else if (text.equals("@manually")) {
            entry.fields.remove("schedule");
            return;
        } else {
            schedule.put("cron", text.startsWith("@") ? named(text) : cron(text, entry));
            if (text.contains("~")) {
                entry.notes.add("~ is a hash of the job's name there, and of its id here");
            }
            schedule.put(
                    "timeZone", entry.text("timezone").isEmpty() ? "UTC" : entry.text("timezone"));
            if (entry.text("timezone").isEmpty()) {
                entry.notes.add(
                        "without a timezone it runs by its servers' there, and in UTC here");
            }
        }
        bound(entry, schedule, "starts_at", "startAt");
        bound(entry, schedule, "expires_at", "endAt");
    }

    private static String named(String text) {
        return text.equals("@minutely") ? "0 * * * * *" : text;
    }

    /** Its parser is robfig's, as that of Kubernetes, with a field for seconds. */
    private static String cron(String text, Entry entry) {
        var fields = text.split("\\s+", 2);
        if (text.split("\\s+").length != 6) {
            throw new Refused("expected six fields, seconds first, found '" + text + "'");
        }
        if (text.contains("~")) {
            return text.replace("~", "H");
        }
        try {
            var read = KubernetesCron.of(fields[1]);
            read.notes()
                    .forEach(note -> entry.notes.add(note.replace("as in Kubernetes", "as there")));
            return fields[0] + " " + read.cron();
        } catch (IllegalArgumentException wrong) {
            throw new Refused(String.valueOf(wrong.getMessage()));
        }
    }

    private static void bound(Entry entry, ObjectNode schedule, String theirs, String ours) {
        String at = entry.text(theirs);
        if (!at.isEmpty() && !at.equals(NEVER)) {
            schedule.put(ours, at);
        }
    }

    private static void call(Entry entry, JsonNode source) {
        entry.fields.put("type", "http");
        var config = entry.fields.putObject("config");
        config.put("method", source.path("method").asText("GET"));
        config.put("url", Placeholders.literal(source.path("url").asText("")));
        if (!source.path("body").asText("").isEmpty()) {
            config.put("body", Placeholders.literal(source.path("body").asText()));
        }
        headers(source.path("headers").asText(""), config);
        if (!source.path("timeout").asText("").isEmpty()) {
            entry.fields.put("timeout", source.path("timeout").asText() + "s");
        }
        String codes = source.path("expectCode").asText("");
        if (codes.isEmpty()) {
            entry.notes.add("without expectCode any status is a success there, and 2xx here");
        } else {
            var statuses = config.putArray("expectedStatuses");
            for (String code : codes.split(",")) {
                statuses.add(code.strip());
            }
        }
        entry.noteOthers(
                source,
                Set.of("method", "url", "headers", "body", "timeout", "expectCode", "debug"));
    }

    /** They are a list of texts in JSON, in a text. */
    private static void headers(String text, ObjectNode config) {
        if (text.isEmpty()) {
            return;
        }
        try {
            var headers = config.putObject("headers");
            for (var each : JSON.readTree(text)) {
                var parts = each.asText().split(":", 2);
                if (parts.length != 2) {
                    throw new Refused("a header is not 'Name: value': " + each.asText());
                }
                headers.put(parts[0].strip(), Placeholders.literal(parts[1].strip()));
            }
        } catch (JsonProcessingException malformed) {
            throw new Refused("its headers are no list in JSON");
        }
    }
}
