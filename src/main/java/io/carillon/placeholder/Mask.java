package io.carillon.placeholder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Removes the values of secrets from texts, in plain form and as {@link Where} writes them, because
 * a target's answer may repeat what it was sent.
 */
public final class Mask {
    /** Hides the secrets of the config with which a handler runs. */
    public static final ScopedValue<Mask> OF_CONFIG = ScopedValue.newInstance();

    private static final String MASKED = "****";

    /** A text may be cut inside a secret; a shorter part of it reveals nothing. */
    private static final int MIN_PART = 8;

    /** Longest first, since one may contain another. */
    private final List<String> hidden;

    public Mask(Collection<String> secrets) {
        this.hidden =
                secrets.stream()
                        .flatMap(Mask::forms)
                        .filter(form -> !form.isBlank())
                        .distinct()
                        .sorted(Comparator.comparingInt(String::length).reversed())
                        .toList();
    }

    private static Stream<String> forms(String secret) {
        return Stream.of(
                secret,
                secret.strip(),
                Where.percentEncoded(secret),
                Where.htmlEscaped(secret),
                Where.jsonEscaped(secret),
                // As CSV has it in quotes.
                secret.replace("\"", "\"\""));
    }

    /** Whether there is nothing to mask. */
    public boolean isEmpty() {
        return hidden.isEmpty();
    }

    public String of(String text) {
        String masked = text;
        for (String each : hidden) {
            masked = withoutBeginningAtItsEnd(masked.replace(each, MASKED), each);
        }
        return masked;
    }

    private static String withoutBeginningAtItsEnd(String text, String secret) {
        for (int part = Math.min(secret.length() - 1, text.length()); part >= MIN_PART; part--) {
            if (text.regionMatches(text.length() - part, secret, 0, part)) {
                return text.substring(0, text.length() - part) + MASKED;
            }
        }
        return text;
    }

    /** Masks all texts and member names of a node. */
    public JsonNode of(JsonNode node) {
        return switch (node) {
            case TextNode text -> TextNode.valueOf(of(text.textValue()));
            case ObjectNode object -> {
                var masked = object.objectNode();
                object.properties()
                        .forEach(each -> masked.set(of(each.getKey()), of(each.getValue())));
                yield masked;
            }
            case ArrayNode array -> {
                var masked = array.arrayNode();
                array.forEach(each -> masked.add(of(each)));
                yield masked;
            }
            default -> node;
        };
    }
}
