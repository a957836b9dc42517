package io.carillon.execution.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ResultLimitTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    @Test
    void noResultStaysNone() {
        assertThat(ResultLimit.cap(null)).isNull();
    }

    @Test
    void whatFitsIsLeftAsItIs() throws JsonProcessingException {
        var result = NODES.objectNode().put("body", "x".repeat(ResultLimit.LIMIT - 11));

        assertThat(bytes(result)).isEqualTo(ResultLimit.LIMIT);
        assertThat(ResultLimit.cap(result)).isSameAs(result);
    }

    @Test
    void oneByteMoreIsCutAndTheNoteSaysHowLargeItWas() throws JsonProcessingException {
        var result = NODES.objectNode().put("body", "x".repeat(ResultLimit.LIMIT - 10));

        var cut = cap(result);

        assertThat(bytes(cut)).isBetween(ResultLimit.LIMIT - 200, ResultLimit.LIMIT);
        assertThat(cut.at("/_cut/originalBytes").asInt()).isEqualTo(ResultLimit.LIMIT + 1);
        assertThat(cut.at("/_cut/limitBytes").asInt()).isEqualTo(ResultLimit.LIMIT);
        assertThat(result.get("body").textValue()).startsWith(cut.get("body").textValue());
        assertThat(result.has("_cut")).as("what the handler gave is left alone").isFalse();
    }

    @Test
    void shortFieldsSurviveBesideLongOnes() {
        var result = NODES.objectNode().put("log", "l".repeat(300_000)).put("status", 200);
        result.putObject("headers").put("Server", "bell").put("Trace", "t".repeat(300_000));

        var cut = cap(result);

        assertThat(cut.fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("log", "status", "headers", "_cut");
        assertThat(cut.get("status").asInt()).isEqualTo(200);
        assertThat(cut.at("/headers/Server").textValue()).isEqualTo("bell");
        assertThat(cut.at("/headers/Trace").textValue()).hasSizeGreaterThan(30_000);
        assertThat(cut.get("log").textValue()).hasSizeGreaterThan(30_000);
    }

    @Test
    void anArrayKeepsItsFirstElements() throws JsonProcessingException {
        var result = NODES.objectNode();
        var rows = result.putArray("rows");
        for (int row = 0; row < 10_000; row++) {
            rows.addObject().put("row", row).put("text", "abc");
        }

        var cut = cap(result);

        var kept = cut.get("rows");
        assertThat(kept.size()).isBetween(1000, 9999);
        for (int row = 0; row < kept.size() - 1; row++) {
            assertThat(kept.get(row)).isEqualTo(rows.get(row));
        }
        assertThat(bytes(cut)).isLessThanOrEqualTo(ResultLimit.LIMIT);
    }

    @Test
    void noCharacterIsCutInHalf() throws JsonProcessingException {
        for (String character : new String[] {"é", "漢", "🔔", "\"", "\n", "\u0001"}) {
            var cut = cap(NODES.textNode("x" + character.repeat(70_000)));

            String kept = cut.get("value").textValue();
            assertThat(kept)
                    .isEqualTo("x" + character.repeat((kept.length() - 1) / character.length()));
            assertThat(bytes(cut)).isBetween(ResultLimit.LIMIT - 200, ResultLimit.LIMIT);
        }
    }

    @Test
    void whatIsNoObjectIsKeptAsItsValue() {
        var result = NODES.arrayNode();
        for (int number = 0; number < 30_000; number++) {
            result.add(number);
        }

        var cut = cap(result);

        assertThat(cut.get("value").get(1234).asInt()).isEqualTo(1234);
        assertThat(cut.at("/_cut/originalBytes").asInt()).isGreaterThan(ResultLimit.LIMIT);
    }

    @Test
    void whateverTheResultItStaysJsonWithinTheLimit() throws JsonProcessingException {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            var result = anything(random, 5);
            int limit = 200 + random.nextInt(2000);

            var cut = cap(result, limit);

            String text = MAPPER.writeValueAsString(cut);
            assertThat(bytes(cut)).as("seed %d round %d", seed, round).isLessThanOrEqualTo(limit);
            assertThat(MAPPER.readTree(text).toString()).as("seed %d", seed).isEqualTo(text);
            if (bytes(result) <= limit) {
                assertThat(cut).isSameAs(result);
            } else {
                assertThat(cut.at("/_cut/originalBytes").asInt()).isEqualTo(bytes(result));
            }
        }
    }

    private static JsonNode cap(JsonNode result) {
        return cap(result, ResultLimit.LIMIT);
    }

    private static JsonNode cap(JsonNode result, int limit) {
        return Objects.requireNonNull(ResultLimit.cap(result, limit));
    }

    private static JsonNode anything(Random random, int depth) {
        return switch (random.nextInt(depth == 0 ? 4 : 8)) {
            case 0 -> NODES.numberNode(random.nextInt());
            case 1 -> NODES.booleanNode(random.nextBoolean());
            case 2 -> NODES.nullNode();
            case 3 -> NODES.textNode("é\"🔔a\u0002".repeat(random.nextInt(300)));
            case 4, 5 -> {
                var array = NODES.arrayNode();
                for (int count = random.nextInt(12); count > 0; count--) {
                    array.add(anything(random, depth - 1));
                }
                yield array;
            }
            default -> {
                var object = NODES.objectNode();
                for (int count = random.nextInt(12); count > 0; count--) {
                    object.set("f" + "\"".repeat(count), anything(random, depth - 1));
                }
                yield object;
            }
        };
    }

    private static int bytes(JsonNode node) throws JsonProcessingException {
        return MAPPER.writeValueAsString(node).getBytes(StandardCharsets.UTF_8).length;
    }
}
