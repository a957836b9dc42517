package io.carillon.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.deser.std.JsonNodeDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.deser.std.StringDeserializer;
import java.io.IOException;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Refuses values that JSON allows but PostgreSQL cannot store: U+0000, half a surrogate pair, and
 * numbers of more than some hundred digits. It does so while reading, when the field is known.
 */
public final class StorableText {
    private static final int MAX_EXPONENT = 400;

    private StorableText() {}

    /** Returns what is wrong with a text; null for nothing. */
    public static @Nullable String fault(String text) {
        for (int index = 0; index < text.length(); index++) {
            char unit = text.charAt(index);
            if (unit == 0) {
                return "has the character U+0000";
            }
            if (Character.isSurrogate(unit)) {
                boolean isPair =
                        Character.isHighSurrogate(unit)
                                && index + 1 < text.length()
                                && Character.isLowSurrogate(text.charAt(index + 1));
                if (!isPair) {
                    return "has half a surrogate pair";
                }
                index++;
            }
        }
        return null;
    }

    private static void check(JsonParser parser, String text) throws JsonMappingException {
        String fault = fault(text);
        if (fault != null) {
            throw new UnreadableField(parser, fault);
        }
    }

    static final class Reader extends StdDeserializer<String> {
        private static final long serialVersionUID = 1L;

        Reader() {
            super(String.class);
        }

        @Override
        public String deserialize(JsonParser parser, DeserializationContext context)
                throws IOException {
            String text = StringDeserializer.instance.deserialize(parser, context);
            check(parser, text);
            return text;
        }
    }

    static final class KeyReader extends KeyDeserializer {
        @Override
        public Object deserializeKey(String key, DeserializationContext context)
                throws IOException {
            check(context.getParser(), key);
            return key;
        }
    }

    /** Reads a tree as Jackson does, then checks every name and value in it. */
    static final class TreeReader<T extends JsonNode> extends StdDeserializer<T> {
        private static final long serialVersionUID = 1L;

        private final Class<T> type;
        private final transient JsonDeserializer<? extends JsonNode> jackson;

        TreeReader(Class<T> type) {
            super(type);
            this.type = type;
            this.jackson = JsonNodeDeserializer.getDeserializer(type);
        }

        @Override
        public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            var tree = jackson.deserialize(parser, context);
            check(parser, tree);
            return type.cast(tree);
        }

        @Override
        public T getNullValue(DeserializationContext context) throws JsonMappingException {
            return type.cast(jackson.getNullValue(context));
        }

        @Override
        public @Nullable Object getAbsentValue(DeserializationContext context)
                throws JsonMappingException {
            return jackson.getAbsentValue(context);
        }

        private static void check(JsonParser parser, JsonNode tree) throws JsonMappingException {
            if (tree.isTextual()) {
                StorableText.check(parser, tree.textValue());
            } else if (tree.isNumber()) {
                checkNumber(parser, tree.decimalValue());
            } else if (tree.isArray()) {
                for (int index = 0; index < tree.size(); index++) {
                    try {
                        check(parser, tree.get(index));
                    } catch (JsonMappingException fault) {
                        fault.prependPath(tree, index);
                        throw fault;
                    }
                }
            } else {
                for (var field : tree.properties()) {
                    try {
                        StorableText.check(parser, field.getKey());
                        check(parser, field.getValue());
                    } catch (JsonMappingException fault) {
                        fault.prependPath(tree, field.getKey());
                        throw fault;
                    }
                }
            }
        }

        private static void checkNumber(JsonParser parser, BigDecimal number)
                throws JsonMappingException {
            long exponent = (long) number.precision() - number.scale();
            if (Math.abs(exponent) > MAX_EXPONENT || number.scale() > MAX_EXPONENT) {
                throw new UnreadableField(parser, "is a number beyond 1e" + MAX_EXPONENT);
            }
        }
    }
}
