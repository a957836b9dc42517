package io.carillon.json;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads the value at a place in a YAML document, which may be absent. Null counts as absent, as in
 * Kubernetes. Each accessor expects one kind of value and refuses any other, naming the line, so
 * that nothing is misread.
 *
 * @param path the place, such as {@code spec.suspend}; empty for the document
 * @param node null when nothing is there
 */
public record YamlValue(String path, @Nullable Node node) {

    /** Thrown when the value has another kind than expected. */
    public static final class Unexpected extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public Unexpected(Node node, String message) {
            super(
                    "line " + (node.getStartMark().getLine() + 1) + ": " + message,
                    null,
                    false,
                    false);
        }
    }

    public boolean isAbsent() {
        return node == null || node.getTag().equals(Tag.NULL);
    }

    /** Returns the text; null if absent. */
    public @Nullable String text() {
        return scalar(Tag.STR, "text, in quotes if it looks like something else");
    }

    public @Nullable Boolean bool() {
        String value = scalar(Tag.BOOL, "true or false");
        return value == null ? null : "tTyY".indexOf(value.charAt(0)) >= 0 || isOn(value);
    }

    private static boolean isOn(String value) {
        return value.equalsIgnoreCase("on");
    }

    public @Nullable Long integer() {
        String value = scalar(Tag.INT, "a whole number");
        if (value == null || node == null) {
            return null;
        }
        try {
            return parse(value.replace("_", ""));
        } catch (NumberFormatException tooLarge) {
            throw new Unexpected(node, path + ": expected a smaller number");
        }
    }

    /** 0600 and 0o600 are octal, as in YAML 1.1 and in Go. */
    private static long parse(String value) {
        boolean isSigned = value.startsWith("-") || value.startsWith("+");
        String sign = value.startsWith("-") ? "-" : "";
        String digits = isSigned ? value.substring(1) : value;
        if (digits.startsWith("0x")) {
            return Long.parseLong(sign + digits.substring(2), 16);
        }
        if (digits.startsWith("0b")) {
            return Long.parseLong(sign + digits.substring(2), 2);
        }
        if (digits.startsWith("0o")) {
            return Long.parseLong(sign + digits.substring(2), 8);
        }
        return Long.parseLong(sign + digits, digits.startsWith("0") ? 8 : 10);
    }

    private @Nullable String scalar(Tag tag, String expected) {
        if (isAbsent()) {
            return null;
        }
        if (node instanceof ScalarNode scalar && scalar.getTag().equals(tag)) {
            return scalar.getValue();
        }
        throw unexpected(expected);
    }

    public List<YamlValue> items() {
        if (isAbsent()) {
            return List.of();
        }
        if (!(node instanceof SequenceNode sequence)) {
            throw unexpected("a list");
        }
        var items = new ArrayList<YamlValue>();
        for (var item : sequence.getValue()) {
            items.add(new YamlValue(path + "[" + items.size() + "]", item));
        }
        return items;
    }

    public YamlValue get(String field) {
        return fields().getOrDefault(field, new YamlValue(pathOf(field), null));
    }

    /** Returns fields by name, in the order of the document; merged fields come last. */
    public Map<String, YamlValue> fields() {
        if (isAbsent()) {
            return Map.of();
        }
        if (!(node instanceof MappingNode mapping)) {
            throw unexpected("fields");
        }
        var fields = new LinkedHashMap<String, YamlValue>();
        merged(mapping).forEach((name, value) -> fields.put(name, at(name, value)));
        return Collections.unmodifiableMap(fields);
    }

    private YamlValue at(String field, Node value) {
        return new YamlValue(pathOf(field), value);
    }

    private String pathOf(String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    /**
     * A field of the mapping itself takes precedence over a merged one, and over an earlier merge.
     */
    private static Map<String, Node> merged(MappingNode mapping) {
        var fields = new LinkedHashMap<String, Node>();
        Node merges = null;
        for (var field : mapping.getValue()) {
            if (field.getKeyNode().getTag().equals(Tag.MERGE)) {
                merges = field.getValueNode();
            } else {
                fields.put(((ScalarNode) field.getKeyNode()).getValue(), field.getValueNode());
            }
        }
        if (merges instanceof MappingNode one) {
            merged(one).forEach(fields::putIfAbsent);
        } else if (merges instanceof SequenceNode several) {
            for (var each : several.getValue()) {
                merged((MappingNode) each).forEach(fields::putIfAbsent);
            }
        }
        return fields;
    }

    public Unexpected unexpected(String expected) {
        if (node == null) {
            throw new IllegalStateException("nothing is there to be unexpected");
        }
        return new Unexpected(node, (path.isEmpty() ? "" : path + ": ") + "expected " + expected);
    }
}
