package io.carillon.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergePatchTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** RFC 7396, appendix A. */
    @ParameterizedTest(name = "{0} + {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"a":"b"}             | {"a":"c"}                  | {"a":"c"}
                    {"a":"b"}             | {"b":"c"}                  | {"a":"b","b":"c"}
                    {"a":"b"}             | {"a":null}                 | {}
                    {"a":"b","b":"c"}     | {"a":null}                 | {"b":"c"}
                    {"a":["b"]}           | {"a":"c"}                  | {"a":"c"}
                    {"a":"c"}             | {"a":["b"]}                | {"a":["b"]}
                    {"a":{"b":"c"}}       | {"a":{"b":"d","c":null}}   | {"a":{"b":"d"}}
                    {"a":[{"b":"c"}]}     | {"a":[1]}                  | {"a":[1]}
                    ["a","b"]             | ["c","d"]                  | ["c","d"]
                    {"a":"b"}             | ["c"]                      | ["c"]
                    {"a":"foo"}           | null                       | null
                    {"a":"foo"}           | "bar"                      | "bar"
                    {"e":null}            | {"a":1}                    | {"e":null,"a":1}
                    [1,2]                 | {"a":"b","c":null}         | {"a":"b"}
                    {}                    | {"a":{"bb":{"ccc":null}}}  | {"a":{"bb":{}}}
                    {"a":"b"}             | {"a":{"c":null}}           | {"a":{}}
                    """)
    void aPatchIsMergedAsTheRfcSays(String target, String patch, String merged) {
        assertThat(MergePatch.apply(json(target), json(patch))).isEqualTo(json(merged));
    }

    @Test
    void neitherTheTargetNorThePatchIsChanged() {
        var target = json("{\"a\":{\"b\":1}}");
        var patch = json("{\"a\":{\"b\":null,\"c\":{\"d\":2}}}");

        MergePatch.apply(target, patch);

        assertThat(target).isEqualTo(json("{\"a\":{\"b\":1}}"));
        assertThat(patch).isEqualTo(json("{\"a\":{\"b\":null,\"c\":{\"d\":2}}}"));
    }

    private static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (IOException invalid) {
            throw new IllegalArgumentException(text, invalid);
        }
    }
}
