package io.carillon.dashboard.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An input of the form of a job, made from the JSON Schema of its type.
 *
 * @param name the path of the value in the job, such as {@code config.url}
 * @param kind {@code text}, {@code number}, {@code flag}, {@code choice}, or {@code json} for what
 *     has no input of its own
 * @param choices of a choice
 */
record ConfigField(
        String name,
        String label,
        String kind,
        boolean isRequired,
        String description,
        String placeholder,
        List<String> choices) {

    /** Makes the inputs of a type's config. */
    static List<ConfigField> of(JsonNode schema) {
        var required = new ArrayList<String>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        var fields = new ArrayList<ConfigField>();
        for (var property : schema.path("properties").properties()) {
            boolean isRequired = required.contains(property.getKey());
            var field = of(property.getKey(), property.getValue(), isRequired);
            fields.add(isRequired ? requiredBefore(fields) : fields.size(), field);
        }
        return fields;
    }

    private static int requiredBefore(List<ConfigField> fields) {
        return (int) fields.stream().filter(ConfigField::isRequired).count();
    }

    private static ConfigField of(String name, JsonNode schema, boolean isRequired) {
        var choices = new ArrayList<String>();
        schema.path("enum").forEach(choice -> choices.add(choice.asText()));
        String standard = schema.path("default").asText("");
        return new ConfigField(
                "config." + name,
                name,
                choices.isEmpty() ? kindOf(schema.path("type")) : "choice",
                isRequired,
                schema.path("description").asText(""),
                standard.isEmpty() ? "" : "default " + standard,
                choices);
    }

    private static String kindOf(@Nullable JsonNode type) {
        String text = type == null ? "" : type.toString();
        if (text.contains("string")) {
            return "text";
        }
        if (text.contains("integer") || text.contains("number")) {
            return "number";
        }
        return text.contains("boolean") ? "flag" : "json";
    }
}
