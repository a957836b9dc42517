package io.carillon.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlTreeTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            quoteCharacter = '`',
            value = {
                "a: 1 > {\"a\":1}",
                "on: SUCCESS > {\"on\":\"SUCCESS\"}",
                "a: on > {\"a\":\"on\"}",
                "a: true > {\"a\":true}",
                "a: 'true' > {\"a\":\"true\"}",
                "a: 0600 > {\"a\":\"0600\"}",
                "a: 1:30 > {\"a\":\"1:30\"}",
                "a: 1.50 > {\"a\":1.50}",
                "a: 2026-11-27 > {\"a\":\"2026-11-27\"}",
                "a: ~ > {\"a\":null}",
                "a: [1, {b: x}] > {\"a\":[1,{\"b\":\"x\"}]}",
                "{\"a\": [true, null, -1e3]} > {\"a\":[true,null,-1E+3]}",
                "x: &x {b: 1}\\na: *x > {\"x\":{\"b\":1},\"a\":{\"b\":1}}",
                "x: &x {b: 1}\\na: {<<: *x} > {\"x\":{\"b\":1},\"a\":{\"b\":1}}",
                "a: 0 9 * * * > {\"a\":\"0 9 * * *\"}",
                "a: '*/5 * * * *' > {\"a\":\"*/5 * * * *\"}",
                "a: |\\n  x\\n  y > {\"a\":\"x\\ny\"}"
            })
    void aDocumentIsTheJsonItStandsFor(String yaml, String json) {
        assertThat(YamlTree.read(yaml.replace("\\n", "\n")).toString()).isEqualTo(json);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a: 1\n---\nb: 1", "a: 1\na: 2", "a: [", "a: !!binary aGk=", "1: a"})
    void whatIsNotOneClearDocumentIsRefused(String yaml) {
        assertThatThrownBy(() -> YamlTree.read(yaml))
                .isInstanceOf(io.carillon.problem.ProblemException.class);
    }

    @Test
    void aliasesCannotGrowWithoutEnd() {
        var bomb = new StringBuilder("a0: &a0 [x]\n");
        for (int level = 1; level < 30; level++) {
            bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(level, level, level - 1, level - 1));
        }

        assertThatThrownBy(() -> YamlTree.read(bomb.toString()))
                .hasMessageContaining("more than 1000000 values");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":\"on\",\"on\":\"no\",\"b\":\"1:30\",\"c\":\"0600\",\"d\":\"1e3\",\"e\":\"\"}",
                "{\"a\":[{\"b\":[]},{},null,true,1.5,-7],\"t\":\"two\\nlines\\n\",\"s\":\" x \"}",
                "{\"cron\":\"*/5 * * * *\",\"u\":\"{{secret.x}}\",\"n\":\"null\",\"é\":\"\\u0007~\"}"
            })
    void whatIsWrittenIsReadBack(String json) throws IOException {
        var tree = JSON.readTree(json);

        assertThat(YamlTree.read(YamlTree.write(JSON, tree)).toString()).isEqualTo(tree.toString());
    }
}
