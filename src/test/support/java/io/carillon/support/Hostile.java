package io.carillon.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Values that are almost right, or made to do harm. */
public final class Hostile {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    public static final List<String> TEXTS =
            List.of(
                    "",
                    " ",
                    "\0",
                    "a\0b",
                    "\uD800",
                    "\uDC00\uD800",
                    "\uFFFF\uFFFE",
                    "\u202Eabc",
                    "🔔".repeat(300),
                    "x".repeat(70_000),
                    "'; drop table job; --",
                    "%",
                    "_!%",
                    "${jndi:ldap://x}",
                    "{{secret.x}}",
                    "null",
                    "-1",
                    "NaN",
                    "1e400",
                    "P1Y",
                    "PT-1S",
                    "999999999999d",
                    "2026-02-30T00:00:00Z",
                    "-999999999-01-01T00:00:00Z",
                    "+10000-01-01T00:00:00Z",
                    "2026-12-01T09:00:00+18:30",
                    "* * * * * * * *",
                    "*/0 * * * *",
                    "0 0 31 2 *",
                    "H(0-99) * * * *",
                    "L-99 W # ? @",
                    "@every -1s",
                    "@every 1ns",
                    "MON#9",
                    "Europe/Atlantis",
                    "http://[::1",
                    "http://a:-1/",
                    "jar:file:///etc/passwd!/",
                    "rate(5 minutes)",
                    "every day at 99",
                    "cron(0 9 * * ? *)",
                    "GMT+5",
                    "UTC-99",
                    "job_type",
                    "cronExpression",
                    "max_retries",
                    "dryRun");
    public static final List<String> NUMBERS =
            List.of(
                    "0",
                    "-1",
                    "10",
                    "1.5",
                    "1e400",
                    "-1e-400",
                    "1e99999999",
                    "9223372036854775808",
                    "1" + "0".repeat(999),
                    "1" + "0".repeat(2000),
                    "-0.0");

    private Hostile() {}

    /** A body with one to three things wrong, or none. */
    public static String body(JsonNode right, Random random) {
        var tree = right.deepCopy();
        for (int count = random.nextInt(4); count > 0; count--) {
            tree = mutate(tree, random);
        }
        // What a tree cannot hold: numbers as they are written, a great depth, half a text.
        int depth = random.nextInt(1500);
        String text =
                tree.toString()
                        .replace("\"#number#\"", pick(random, NUMBERS))
                        .replace("\"#deep#\"", "[".repeat(depth) + "]".repeat(depth));
        return random.nextInt(20) == 0 ? text.substring(0, random.nextInt(text.length())) : text;
    }

    /** A text or a number, as it is written. */
    public static String text(Random random) {
        return random.nextInt(3) == 0 ? pick(random, NUMBERS) : pick(random, TEXTS);
    }

    private static JsonNode mutate(JsonNode root, Random random) {
        var parents = new ArrayList<JsonNode>();
        collect(root, parents);
        if (parents.isEmpty()) {
            return strange(random);
        }
        var parent = pick(random, parents);
        if (parent instanceof ObjectNode object && !object.isEmpty()) {
            var names = new ArrayList<String>();
            object.fieldNames().forEachRemaining(names::add);
            String name = pick(random, names);
            switch (random.nextInt(6)) {
                case 0 -> object.remove(name);
                case 1 -> object.set(pick(random, TEXTS), object.remove(name));
                case 2 -> object.set(name, NODES.objectNode().set(name, object.get(name)));
                case 3 -> object.set(name, NODES.arrayNode().add(object.get(name)));
                default -> object.set(name, strange(random));
            }
        } else if (parent instanceof ArrayNode array) {
            array.insert(0, strange(random));
        }
        return random.nextInt(50) == 0 ? NODES.arrayNode().add(root) : root;
    }

    private static void collect(JsonNode node, List<JsonNode> parents) {
        if (node.isContainerNode()) {
            parents.add(node);
            node.forEach(child -> collect(child, parents));
        }
    }

    private static JsonNode strange(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> NODES.nullNode();
            case 1 -> NODES.booleanNode(random.nextBoolean());
            case 2 -> NODES.objectNode();
            case 3 -> NODES.arrayNode();
            case 4 -> NODES.textNode("#number#");
            case 5 -> NODES.textNode("#deep#");
            default -> NODES.textNode(pick(random, TEXTS));
        };
    }

    private static <T> T pick(Random random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
