package io.carillon.execution.dispatch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Cuts results of all handlers to the size that the ledger keeps. An object shares the room among
 * its fields, so that a short field survives beside a long one; an array keeps its first elements,
 * a text its beginning. A field {@value #NOTE} says how large the result was.
 */
final class ResultLimit {
    /** In bytes of JSON as UTF-8. */
    static final int LIMIT = 64 * 1024;

    static final String NOTE = "_cut";

    /** Bytes for the note, and for the object around a result that is not an object. */
    private static final int NOTE_ROOM = 100;

    /** A value cut to fewer bytes than this is of no use. */
    private static final int MIN_ROOM = 16;

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
                        : NODES.objectNode().<ObjectNode>set("value", kept);
        answer.putObject(NOTE).put("originalBytes", size).put("limitBytes", limit);
        return answer;
    }

    /** At most {@code room} bytes of a node; null if nothing of it fits. */
    private static @Nullable JsonNode cut(JsonNode node, long room) {
        if (size(node) <= room) {
            return node;
        }
        if (room < MIN_ROOM) {
            return null;
        }
        return switch (node.getNodeType()) {
            case OBJECT -> cutObject(node, room);
            case ARRAY -> cutArray(node, room);
            case STRING -> NODES.textNode(cutText(node.textValue(), room));
            case NUMBER, BOOLEAN, NULL, BINARY, MISSING, POJO -> null;
        };
    }

    /** Handles the smallest fields first: what one leaves of its share goes to those after it. */
    private static JsonNode cutObject(JsonNode object, long room) {
        record Field(String name, JsonNode value, long size) {}
        var smallestFirst =
                object.properties().stream()
                        .map(
                                each ->
                                        new Field(
                                                each.getKey(),
                                                each.getValue(),
                                                size(each.getValue())))
                        .sorted(Comparator.comparingLong(Field::size))
                        .toList();
        var cut = NODES.objectNode();
        long left = room - 2;
        int more = smallestFirst.size();
        for (var field : smallestFirst) {
            long name = size(NODES.textNode(field.name)) + 2;
            var value = cut(field.value, left / more - name);
            if (value != null) {
                cut.set(field.name, value);
                left -= name + size(value);
            }
            more--;
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

    /** Returns the longest beginning that fits, found by halving; never cuts a character. */
    private static String cutText(String text, long room) {
        int fits = 0;
        int tooLong = (int) Math.min(text.length(), room) + 1;
        while (tooLong - fits > 1) {
            int middle = (fits + tooLong) >>> 1;
            if (size(NODES.textNode(text.substring(0, middle))) <= room) {
                fits = middle;
            } else {
                tooLong = middle;
            }
        }
        boolean isHalf = fits > 0 && Character.isHighSurrogate(text.charAt(fits - 1));
        return text.substring(0, isHalf ? fits - 1 : fits);
    }

    /** Returns the length of a node's JSON, in bytes of UTF-8. */
    private static long size(JsonNode node) {
        return node.toString().getBytes(StandardCharsets.UTF_8).length;
    }
}
