package io.carillon.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.type.LogicalType;
import io.carillon.schedule.DurationText;
import io.carillon.schedule.ScheduleSpec;
import io.quarkus.jackson.ObjectMapperCustomizer;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Configures how JSON is read and written: unknown fields, duplicate keys, numbers for strings and
 * strings for numbers are errors; durations are read as {@code 30s}, ISO 8601 or a number of
 * seconds and written as ISO 8601; instants are RFC 3339, written in UTC.
 */
@Singleton
class StrictJson implements ObjectMapperCustomizer {
    @Override
    public void customize(ObjectMapper mapper) {
        mapper.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
        mapper.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
        mapper.enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);
        mapper.enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS);
        mapper.disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT);
        mapper.disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);
        mapper.disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS);
        mapper.setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);
        mapper.getFactory().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION.mappedFeature());
        for (var shape :
                new CoercionInputShape[] {
                    CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean
                }) {
            mapper.coercionConfigFor(LogicalType.Textual).setCoercion(shape, CoercionAction.Fail);
        }
        for (var type :
                new LogicalType[] {LogicalType.Integer, LogicalType.Float, LogicalType.Boolean}) {
            mapper.coercionConfigFor(type)
                    .setCoercion(CoercionInputShape.String, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail);
        }
        mapper.coercionConfigFor(LogicalType.Boolean)
                .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
        // Keeps a config's numbers as written: a double would round them.
        mapper.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
        mapper.setConfig(
                mapper.getDeserializationConfig()
                        .without(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES));
        mapper.registerModule(
                new SimpleModule("carillon")
                        .addDeserializer(Duration.class, new DurationReader())
                        .addSerializer(Duration.class, new DurationWriter())
                        .addDeserializer(Instant.class, new InstantReader())
                        .addDeserializer(Double.class, new DoubleReader())
                        .addDeserializer(String.class, new StorableText.Reader())
                        .addKeyDeserializer(String.class, new StorableText.KeyReader())
                        .addDeserializer(
                                JsonNode.class, new StorableText.TreeReader<>(JsonNode.class))
                        .addDeserializer(
                                ObjectNode.class, new StorableText.TreeReader<>(ObjectNode.class))
                        .addDeserializer(ScheduleSpec.class, new ScheduleReader()));
    }

    @Override
    public int priority() {
        return MINIMUM_PRIORITY;
    }

    private static final class DurationReader extends StdDeserializer<Duration> {
        private static final long serialVersionUID = 1L;

        private DurationReader() {
            super(Duration.class);
        }

        @Override
        public Duration deserialize(JsonParser parser, DeserializationContext context)
                throws IOException {
            try {
                return parser.currentToken().isNumeric()
                        ? DurationText.ofSeconds(parser.getDecimalValue())
                        : DurationText.parse(
                                textOf(
                                        parser,
                                        "a duration such as \"30s\", or a number of seconds"));
            } catch (IllegalArgumentException invalid) {
                throw new UnreadableField(parser, String.valueOf(invalid.getMessage()));
            }
        }
    }

    private static final class DurationWriter extends StdSerializer<Duration> {
        private static final long serialVersionUID = 1L;

        private DurationWriter() {
            super(Duration.class);
        }

        @Override
        public void serialize(Duration value, JsonGenerator json, SerializerProvider provider)
                throws IOException {
            json.writeString(value.toString());
        }
    }

    /**
     * Jackson reads the strings NaN and INF as numbers before it checks whether strings are
     * allowed.
     */
    private static final class DoubleReader extends StdDeserializer<Double> {
        private static final long serialVersionUID = 1L;

        private DoubleReader() {
            super(Double.class);
        }

        @Override
        public Double deserialize(JsonParser parser, DeserializationContext context)
                throws IOException {
            if (!parser.currentToken().isNumeric()) {
                throw new UnreadableField(parser, "expected a number");
            }
            return parser.getDoubleValue();
        }
    }

    private static final class InstantReader extends StdDeserializer<Instant> {
        private static final long serialVersionUID = 1L;

        private InstantReader() {
            super(Instant.class);
        }

        @Override
        public Instant deserialize(JsonParser parser, DeserializationContext context)
                throws IOException {
            String text = textOf(parser, "an instant such as \"2026-12-01T09:00:00Z\"");
            try {
                return StorableInstant.check(OffsetDateTime.parse(text).toInstant());
            } catch (DateTimeException invalid) {
                throw new UnreadableField(
                        parser,
                        "expected an RFC 3339 instant such as 2026-12-01T09:00:00Z, between 1970 and 2200");
            }
        }
    }

    /** Reads a schedule; a plain string is short for a cron expression. */
    private static final class ScheduleReader extends StdDeserializer<ScheduleSpec> {
        private static final long serialVersionUID = 1L;

        @RegisterForReflection
        private record Body(
                @Nullable String cron,
                @Nullable Duration every,
                @Nullable Instant at,
                @Nullable String timeZone,
                @Nullable Instant startAt,
                @Nullable Instant endAt,
                ScheduleSpec.@Nullable Dst dst,
                @Nullable List<String> exclude,
                @Nullable Duration jitter,
                @Nullable Integer maxRuns) {}

        private ScheduleReader() {
            super(ScheduleSpec.class);
        }

        @Override
        public ScheduleSpec deserialize(JsonParser parser, DeserializationContext context)
                throws IOException {
            if (parser.currentToken() == JsonToken.VALUE_STRING) {
                return ScheduleSpec.cron(parser.getText());
            }
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw new UnreadableField(
                        parser, "expected a cron expression or an object with cron, every or at");
            }
            var body = context.readValue(parser, Body.class);
            return new ScheduleSpec(
                    body.cron,
                    body.every,
                    body.at,
                    body.timeZone,
                    body.startAt,
                    body.endAt,
                    body.dst,
                    body.exclude,
                    body.jitter,
                    body.maxRuns);
        }
    }

    private static String textOf(JsonParser parser, String expected) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw new UnreadableField(parser, "expected " + expected);
        }
        return parser.getText().trim();
    }
}
