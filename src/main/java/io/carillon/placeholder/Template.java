package io.carillon.placeholder;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Holds a parsed text with placeholders. */
final class Template {
    private static final String OPENING = "{{";
    private static final String CLOSING = "}}";

    /** A part of the text: a {@link Part.Literal} or a placeholder. */
    private sealed interface Part {
        record Literal(String text) implements Part {}

        record Filled(Placeholder placeholder) implements Part {}
    }

    private final List<Part> parts;

    private Template(List<Part> parts) {
        this.parts = parts;
    }

    /** Whether a text has placeholders, or text that looks like one. */
    static boolean isOne(String text) {
        return text.contains(OPENING);
    }

    /**
     * @throws IllegalArgumentException if braces are not closed, or do not enclose a placeholder
     */
    static Template of(String text) {
        var parts = new ArrayList<Part>();
        int from = 0;
        for (int open = text.indexOf(OPENING); open >= 0; open = text.indexOf(OPENING, from)) {
            int close = text.indexOf(CLOSING, open);
            if (close < 0) {
                throw new IllegalArgumentException(
                        "'{{' without '}}'; write {{'{{'}} for two braces");
            }
            if (open > from) {
                parts.add(new Part.Literal(text.substring(from, open)));
            }
            parts.add(
                    new Part.Filled(
                            Placeholder.of(text.substring(open + OPENING.length(), close))));
            from = close + CLOSING.length();
        }
        parts.add(new Part.Literal(text.substring(from)));
        return new Template(parts);
    }

    List<Placeholder> placeholders() {
        return parts.stream()
                .filter(Part.Filled.class::isInstance)
                .map(part -> ((Part.Filled) part).placeholder())
                .toList();
    }

    /**
     * @throws IllegalArgumentException if a value is not allowed there
     */
    String filled(Where where, Function<Placeholder, String> values) {
        var text = new StringBuilder();
        for (var part : parts) {
            text.append(
                    switch (part) {
                        case Part.Literal literal -> literal.text();
                        case Part.Filled filled ->
                                where.written(values.apply(filled.placeholder()), text.isEmpty());
                    });
        }
        return text.toString();
    }

    /** Escapes a text so that nothing in it is a placeholder. */
    static String literal(String text) {
        return text.replace(OPENING, "{{'{{'}}");
    }
}
