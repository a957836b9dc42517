package io.carillon.execution.dispatch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Cuts results to what the ledger keeps, whatever handler they come from. The result keeps its
 * shape: an object shares what room there is among its fields, so that a short field survives
 * beside a long one; an array keeps its first elements, a text its beginning. A field {@value
 * #NOTE} says how large the result was.
 */
final class ResultLimit {
    /** In bytes of JSON as UTF-8. */
    static final int LIMIT = 64 * 1024;

    static final String NOTE = "_cut";

    /** The room for the note, and the object around a result that is none. */
    private static final int NOTE_ROOM = 100;

    /** Below this a cut value says nothing any more. */
    private static final int SMALLEST = 16;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private ResultLimit() {}

    /** The result itself if it is small enough, otherwise what is kept of it, with a note. */
    static @Nullable JsonNode cap(@Nullable JsonNode result) {
        return cap(result, LIMIT);
    }

    static @Nullable JsonNode cap(@Nullable JsonNode result, int limit) {
        if (result == null) {
            return null;
        }
        long size = size(result);
        if (size <= limit) {
            return result;
        }
        var kept = cut(result, limit - NOTE_ROOM);
        var answer =
                kept instanceof ObjectNode object
                        ? object
                        : NODES.objectNode().set("value", kept == null ? NODES.nullNode() : kept);
        ((ObjectNode) answer).putObject(NOTE).put("originalBytes", size).put("limitBytes", limit);
        return answer;
    }

    /** At most {@code room} bytes of a node; null if nothing of it fits. */
    private static @Nullable JsonNode cut(JsonNode node, long room) {
        if (size(node) <= room) {
            return node;
        }
        if (room < SMALLEST) {
            return null;
        }
        return switch (node.getNodeType()) {
            case OBJECT -> cutObject(node, room);
            case ARRAY -> cutArray(node, room);
            case STRING -> NODES.textNode(beginning(node.textValue(), room));
            case NUMBER, BOOLEAN, NULL, BINARY, MISSING, POJO -> null;
        };
    }

    /**
     * The smallest first: each takes no more than an equal share of what is left, and what it does
     * not need goes to those after it.
     */
    private static JsonNode cutObject(JsonNode object, long room) {
        var fields = new ArrayList<>(object.properties());
        var sizes = new HashMap<String, Long>();
        fields.forEach(field -> sizes.put(field.getKey(), size(field.getValue())));
        var bySize = new ArrayList<>(fields);
        bySize.sort(Comparator.comparing(field -> sizes.getOrDefault(field.getKey(), 0L)));
        long left = room - 2;
        var kept = new HashMap<String, JsonNode>();
        for (int index = 0; index < bySize.size(); index++) {
            var field = bySize.get(index);
            long name = sizeOfText(field.getKey()) + 2;
            var value = cut(field.getValue(), left / (bySize.size() - index) - name);
            if (value != null) {
                kept.put(field.getKey(), value);
                left -= name + size(value);
            }
        }
        return inOrder(fields, kept);
    }

    private static JsonNode inOrder(
            List<Map.Entry<String, JsonNode>> fields, Map<String, JsonNode> kept) {
        var cut = NODES.objectNode();
        for (var field : fields) {
            var value = kept.get(field.getKey());
            if (value != null) {
                cut.set(field.getKey(), value);
            }
        }
        return cut;
    }

    private static JsonNode cutArray(JsonNode array, long room) {
        var cut = NODES.arrayNode();
        long left = room - 2;
        for (var element : array) {
            var value = cut(element, left - 1);
            if (value == null) {
                break;
            }
            cut.add(value);
            left -= size(value) + 1;
        }
        return cut;
    }

    /** Never half a character. */
    private static String beginning(String text, long room) {
        long left = room - 2;
        int end = 0;
        while (end < text.length()) {
            int codePoint = text.codePointAt(end);
            left -= sizeOf(codePoint);
            if (left < 0) {
                break;
            }
            end += Character.charCount(codePoint);
        }
        return text.substring(0, end);
    }

    /** How many bytes a node takes as JSON. */
    private static long size(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> sizeOfText(node.textValue());
            case OBJECT -> {
                long size = 2L + Math.max(0, node.size() - 1);
                for (var field : node.properties()) {
                    size += sizeOfText(field.getKey()) + 1 + size(field.getValue());
                }
                yield size;
            }
            case ARRAY -> {
                long size = 2L + Math.max(0, node.size() - 1);
                for (var element : node) {
                    size += size(element);
                }
                yield size;
            }
            case NUMBER, BOOLEAN, NULL, BINARY, MISSING, POJO -> node.toString().length();
        };
    }

    private static long sizeOfText(String text) {
        return 2 + text.codePoints().mapToLong(ResultLimit::sizeOf).sum();
    }

    private static int sizeOf(int codePoint) {
        if (codePoint == '"' || codePoint == '\\') {
            return 2;
        }
        if (codePoint < 0x20) {
            return switch (codePoint) {
                case '\b', '\t', '\n', '\f', '\r' -> 2;
                default -> 6;
            };
        }
        return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
    }
}
