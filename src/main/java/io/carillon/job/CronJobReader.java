package io.carillon.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.carillon.problem.ProblemException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads Kubernetes CronJob manifests, one or several YAML documents, lists of them included. What a
 * CronJob says about time and policy becomes the job's; its container is offered to the template.
 */
final class CronJobReader {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final int LONGEST_LABEL_KEY = 63;

    private final List<ImportedJob> jobs = new ArrayList<>();

    private CronJobReader() {}

    /**
     * @throws ProblemException 400 naming the line when it is not YAML
     */
    static List<ImportedJob> read(String text) {
        var reader = new CronJobReader();
        try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(text)) {
            for (int number = 1; documents.hasNextValue(); number++) {
                var document = documents.nextValue();
                if (document != null && !document.isNull() && !document.isMissingNode()) {
                    reader.document("document " + number, document);
                }
            }
        } catch (JsonProcessingException invalid) {
            var location = invalid.getLocation();
            String where = location == null ? "" : "line " + location.getLineNr() + ": ";
            throw ProblemException.invalid("kubernetes", where + "this is not YAML");
        } catch (IOException impossible) {
            throw new IllegalStateException("a text was read", impossible);
        }
        return reader.jobs;
    }

    private void document(String place, JsonNode document) {
        String kind = document.path("kind").asText();
        if (kind.equals("List") || kind.equals("CronJobList")) {
            int index = 0;
            for (var item : document.path("items")) {
                document(place + ", item " + ++index, item);
            }
        } else {
            jobs.add(
                    kind.equals("CronJob")
                            ? job(place, document)
                            : refused(place, document, "this is no CronJob"));
        }
    }

    private static ImportedJob job(String place, JsonNode document) {
        var spec = document.path("spec");
        if (!spec.path("schedule").isTextual()) {
            return refused(place, document, "spec.schedule is missing");
        }
        var notes = new ArrayList<String>();
        var fields = named(document);
        copy(document.path("metadata").path("namespace"), fields, "namespace");
        var schedule = fields.putObject("schedule");
        schedule.set("cron", spec.get("schedule"));
        copy(spec.path("timeZone"), schedule, "timeZone");
        if (spec.path("suspend").asBoolean()) {
            fields.put("enabled", false);
        }
        if (spec.path("startingDeadlineSeconds").canConvertToInt()) {
            fields.put("catchUpWindow", spec.get("startingDeadlineSeconds").intValue() + "s");
        }
        fields.put("overlap", overlap(spec.path("concurrencyPolicy").asText("Allow")));
        var run = spec.path("jobTemplate").path("spec");
        if (run.path("activeDeadlineSeconds").canConvertToInt()) {
            fields.put("timeout", run.get("activeDeadlineSeconds").intValue() + "s");
        }
        if (run.path("backoffLimit").canConvertToInt()) {
            fields.putObject("retry").put("maxAttempts", run.get("backoffLimit").intValue() + 1);
        }
        labels(document.path("metadata").path("labels"), fields, notes);
        return new ImportedJob(
                place, fields, values(run.at("/template/spec/containers/0")), notes, null);
    }

    private static String overlap(String policy) {
        return switch (policy) {
            case "Forbid" -> "SKIP";
            case "Replace" -> "CANCEL_RUNNING";
            default -> "ALLOW";
        };
    }

    private static void labels(JsonNode labels, ObjectNode fields, List<String> notes) {
        var kept = JsonNodeFactory.instance.objectNode();
        for (var label : labels.properties()) {
            if (label.getKey().length() > LONGEST_LABEL_KEY) {
                notes.add("the label " + label.getKey() + " is too long to be carried over");
            } else {
                kept.put(label.getKey(), label.getValue().asText());
            }
        }
        if (!kept.isEmpty()) {
            fields.set("labels", kept);
        }
    }

    private static Map<String, String> values(JsonNode container) {
        var words = new ArrayList<String>();
        container.path("command").forEach(word -> words.add(word.asText()));
        container.path("args").forEach(word -> words.add(word.asText()));
        var values = new HashMap<String, String>();
        values.put("command", String.join(" ", words));
        values.put("image", container.path("image").asText());
        return values;
    }

    private static ObjectNode named(JsonNode document) {
        var fields = JsonNodeFactory.instance.objectNode();
        copy(document.path("metadata").path("name"), fields, "name");
        return fields;
    }

    private static void copy(JsonNode value, ObjectNode fields, String name) {
        if (value.isTextual()) {
            fields.set(name, value);
        }
    }

    private static ImportedJob refused(String place, JsonNode document, String reason) {
        return new ImportedJob(place, named(document), Map.of(), List.of(), reason);
    }

    /** The fields' own name, or null. */
    static @Nullable String nameOf(ObjectNode fields) {
        return fields.path("name").textValue();
    }
}
