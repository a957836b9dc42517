package io.carillon.job.importing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.job.importing.JsonEntries.Entry;
import io.carillon.job.importing.JsonEntries.Refused;
import io.carillon.placeholder.Placeholders;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the jobs of Google Cloud Scheduler, as {@code gcloud scheduler jobs list --format=json}
 * writes them. A job with an HTTP target becomes one of type {@code http}; other targets are
 * refused, since nothing here could reach them.
 */
final class CloudSchedulerReader {
    private static final Set<String> KNOWN =
            Set.of(
                    "name",
                    "description",
                    "schedule",
                    "timeZone",
                    "state",
                    "attemptDeadline",
                    "retryConfig",
                    "httpTarget",
                    "userUpdateTime",
                    "lastAttemptTime",
                    "scheduleTime",
                    "status");

    private static final Set<String> KNOWN_OF_TARGET =
            Set.of("uri", "httpMethod", "headers", "body");

    private static final int USUAL_DOUBLINGS = 5;

    private CloudSchedulerReader() {}

    static List<ImportedJob> read(JsonNode list) {
        return JsonEntries.read("cloudScheduler", list, CloudSchedulerReader::job);
    }

    private static Map<String, String> job(Entry entry, Set<String> names) {
        String name = entry.text("name").replaceFirst(".*/jobs/", "");
        entry.fields.put("name", CrontabReader.unique(name, names));
        if (!entry.text("description").isEmpty()) {
            entry.fields.put("description", entry.text("description"));
        }
        String cron = entry.text("schedule").strip();
        if (cron.split("\\s+").length != 5) {
            throw new Refused(
                    "'" + cron + "' is not cron: write the English of App Engine as five fields");
        }
        entry.fields
                .putObject("schedule")
                .put("cron", cron)
                .put("timeZone", entry.source.path("timeZone").asText("Etc/UTC"));
        if (!entry.source.path("httpTarget").isObject()) {
            throw new Refused("only HTTP targets can be called");
        }
        call(entry, entry.source.path("httpTarget"));
        // It waits for the run before.
        entry.fields.put("overlap", "QUEUE_ONE");
        entry.fields.put("timeout", entry.source.path("attemptDeadline").asText("180s"));
        retry(entry, entry.source.path("retryConfig"));
        if (!entry.source.path("state").asText("ENABLED").equals("ENABLED")) {
            entry.fields.put("enabled", false);
        }
        entry.noteOthers(entry.source, KNOWN);
        return Map.of();
    }

    private static void call(Entry entry, JsonNode target) {
        entry.fields.put("type", "http");
        var config = entry.fields.putObject("config");
        config.put("method", target.path("httpMethod").asText("POST"));
        config.put("url", Placeholders.literal(target.path("uri").asText("")));
        var headers = config.objectNode();
        target.path("headers")
                .properties()
                .forEach(
                        header -> {
                            // Both are set by the client.
                            if (!header.getKey().equalsIgnoreCase("User-Agent")
                                    && !header.getKey().equalsIgnoreCase("Content-Length")) {
                                headers.put(
                                        header.getKey(),
                                        Placeholders.literal(header.getValue().asText()));
                            }
                        });
        String body = target.path("body").asText("");
        if (!body.isEmpty()) {
            config.put("body", Placeholders.literal(text(body)));
            if (!hasContentType(headers)) {
                headers.put("Content-Type", "application/octet-stream");
            }
        }
        if (!headers.isEmpty()) {
            config.set("headers", headers);
        }
        for (String token : new String[] {"oidcToken", "oauthToken"}) {
            if (target.path(token).isObject()) {
                entry.notes.add(
                        "the %s is not sent: put a credential into headers by a secret"
                                .formatted(token));
            }
        }
        var known = new HashSet<>(KNOWN_OF_TARGET);
        known.addAll(List.of("oidcToken", "oauthToken"));
        entry.noteOthers(target, known);
    }

    private static boolean hasContentType(ObjectNode headers) {
        for (var header : headers.properties()) {
            if (header.getKey().equalsIgnoreCase("Content-Type")) {
                return true;
            }
        }
        return false;
    }

    private static String text(String base64) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Base64.getDecoder().decode(base64)))
                    .toString();
        } catch (CharacterCodingException | IllegalArgumentException binary) {
            throw new Refused("the body is not text in UTF-8");
        }
    }

    /** Without a policy, a job there is not retried. */
    private static void retry(Entry entry, JsonNode policy) {
        var retry = entry.fields.putObject("retry");
        int retries = policy.path("retryCount").asInt(0);
        retry.put("maxAttempts", retries + 1);
        if (retries == 0) {
            return;
        }
        retry.put("backoff", "EXPONENTIAL");
        retry.put("delay", policy.path("minBackoffDuration").asText("5s"));
        retry.put("maxDelay", policy.path("maxBackoffDuration").asText("3600s"));
        if (retries > policy.path("maxDoublings").asInt(USUAL_DOUBLINGS)) {
            entry.notes.add("delays go on doubling up to maxDelay, also past maxDoublings");
        }
        String most = policy.path("maxRetryDuration").asText("0s");
        if (!most.equals("0s")) {
            entry.notes.add("maxRetryDuration is not carried over; startDeadline is similar");
        }
    }
}
