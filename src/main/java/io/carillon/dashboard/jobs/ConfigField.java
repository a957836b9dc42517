package io.carillon.dashboard.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * An input of the form of a job, made from the JSON Schema of its type.
 *
 * @param name the path of the value in the job, such as {@code config.url}
 * @param kind {@code text}, {@code number}, {@code flag}, {@code choice}, {@code list} for texts or
 *     {@code numbers} for numbers, one a line, {@code group} for an object, or {@code json} for
 *     what has no input of its own
 * @param choices of a choice
 * @param fields of a group; objects in it are no groups, their fields have longer labels
 */
record ConfigField(
        String name,
        String label,
        String kind,
        boolean isRequired,
        String description,
        String placeholder,
        List<String> choices,
        List<ConfigField> fields) {

    /** Makes the inputs of a type's config. */
    static List<ConfigField> of(JsonNode schema) {
        return of("config", "", schema, true);
    }

    /**
     * @param path of the object whose fields they are
     * @param prefix of their labels
     * @param isRequired whether the object is
     */
    private static List<ConfigField> of(
            String path, String prefix, JsonNode schema, boolean isRequired) {
        var required = new ArrayList<String>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        var fields = new ArrayList<ConfigField>();
        for (var property : schema.path("properties").properties()) {
            boolean needed = isRequired && required.contains(property.getKey());
            String name = path + "." + property.getKey();
            String label = prefix + property.getKey();
            if (!property.getValue().path("properties").isEmpty() && !path.equals("config")) {
                fields.addAll(of(name, label + ".", property.getValue(), needed));
            } else {
                var field = field(name, label, property.getValue(), needed);
                fields.add(needed ? requiredBefore(fields) : fields.size(), field);
            }
        }
        return fields;
    }

    private static int requiredBefore(List<ConfigField> fields) {
        return (int) fields.stream().filter(ConfigField::isRequired).count();
    }

    private static ConfigField field(
            String name, String label, JsonNode schema, boolean isRequired) {
        var choices = new ArrayList<String>();
        schema.path("enum").forEach(choice -> choices.add(choice.asText()));
        String standard = schema.path("default").asText("");
        boolean isGroup = !schema.path("properties").isEmpty();
        return new ConfigField(
                name,
                label,
                isGroup ? "group" : choices.isEmpty() ? kindOf(schema) : "choice",
                isRequired,
                schema.path("description").asText(""),
                standard.isEmpty() ? "" : "default " + standard,
                choices,
                isGroup ? of(name, "", schema, isRequired) : List.of());
    }

    private static String kindOf(JsonNode schema) {
        String type = schema.path("type").toString();
        if (type.contains("array")) {
            var items = schema.path("items");
            String of = items.path("type").toString();
            return of.contains("string")
                    ? "list"
                    : of.contains("integer") || of.contains("number") ? "numbers" : "json";
        }
        if (type.contains("string")) {
            return "text";
        }
        if (type.contains("integer") || type.contains("number")) {
            return "number";
        }
        return type.contains("boolean") ? "flag" : "json";
    }
}
