package io.carillon.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.carillon.json.YamlValue.Unexpected;
import io.carillon.problem.ProblemException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Converts one YAML document to JSON, and JSON to YAML. */
public final class YamlTree {
    /** Aliases may stand for more values than memory can hold. */
    private static final int MAX_VALUES = 1_000_000;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private int values;

    private YamlTree() {}

    /**
     * @throws ProblemException 400 naming the line if the text is not one document of YAML, or has
     *     what readers interpret differently
     */
    public static JsonNode read(String text) {
        var documents = YamlDocuments.asJson(text, "");
        if (documents.size() != 1) {
            throw ProblemException.invalid(
                    "", "expected one YAML document, found " + documents.size());
        }
        var document = documents.getFirst();
        if (document.refusal() != null) {
            throw ProblemException.invalid("", document.refusal());
        }
        try {
            return new YamlTree().json(document.root());
        } catch (Unexpected unexpected) {
            throw ProblemException.invalid("", String.valueOf(unexpected.getMessage()));
        }
    }

    /** Writes what YAML 1.1 and 1.2 read alike. */
    public static String write(ObjectMapper mapper, JsonNode json) {
        var options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        // A control character would make the whole text binary.
        options.setNonPrintableStyle(DumperOptions.NonPrintableStyle.ESCAPE);
        options.setIndicatorIndent(2);
        options.setIndentWithIndicator(true);
        options.setWidth(120);
        return new Yaml(options).dump(mapper.convertValue(json, Map.class));
    }

    private JsonNode json(YamlValue value) {
        Node node = value.node();
        if (node == null) {
            return NODES.nullNode();
        }
        if (++values > MAX_VALUES) {
            throw new Unexpected(node, "more than " + MAX_VALUES + " values");
        }
        return switch (node) {
            case MappingNode mapping -> {
                var object = NODES.objectNode();
                value.fields().forEach((name, field) -> object.set(name, json(field)));
                yield object;
            }
            case SequenceNode sequence -> {
                var array = NODES.arrayNode();
                value.items().forEach(item -> array.add(json(item)));
                yield array;
            }
            default -> scalar((ScalarNode) node);
        };
    }

    private static JsonNode scalar(ScalarNode node) {
        String text = node.getValue();
        if (node.getTag().equals(Tag.NULL)) {
            return NODES.nullNode();
        }
        if (node.getTag().equals(Tag.BOOL)) {
            return NODES.booleanNode(text.equalsIgnoreCase("true"));
        }
        if (node.getTag().equals(Tag.INT)) {
            return NODES.numberNode(new BigInteger(text));
        }
        return node.getTag().equals(Tag.FLOAT)
                ? NODES.numberNode(new BigDecimal(text))
                : NODES.textNode(text);
    }
}
