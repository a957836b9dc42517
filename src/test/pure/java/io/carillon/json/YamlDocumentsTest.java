package io.carillon.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlDocumentsTest {

    @Test
    void anAliasIsWhatItsAnchorNames() {
        var root = root("a: &off true\nb: *off\nc: &list [x, y z]\nd: *list\n");

        assertThat(root.get("b").bool()).isTrue();
        assertThat(root.get("d").items()).extracting(YamlValue::text).containsExactly("x", "y z");
    }

    @Test
    void mergedFieldsAreWeakerThanOwnOnesAndThanEarlierMerges() {
        var root =
                root(
                        """
                        one: &one {a: 1, b: 1}
                        two: &two {<<: *one, b: 2, c: 2}
                        own:
                          c: 3
                          <<: *two
                        list:
                          <<: [*one, *two]
                        """);

        assertThat(root.get("own").get("a").integer()).isEqualTo(1);
        assertThat(root.get("own").get("b").integer()).isEqualTo(2);
        assertThat(root.get("own").get("c").integer()).isEqualTo(3);
        assertThat(root.get("list").get("b").integer()).isEqualTo(1);
        assertThat(root.get("list").get("c").integer()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "true, true", "yes, true", "on, true", "On, true", "y, true", "no, false", "off, false",
        "N, false", "False, false", "!!bool yes, true", "!!bool \"true\", true", "~,", "'',",
                "null,"
    })
    void booleansAreThoseOfKubernetes(String text, Boolean value) {
        assertThat(root("a: " + text).get("a").bool()).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource({
        "600, 600",
        "0600, 384",
        "0o600, 384",
        "-012, -10",
        "0x1F, 31",
        "0b101, 5",
        "1_000, 1000",
        "0, 0",
        "+7, 7"
    })
    void integersAreThoseOfKubernetes(String text, long value) {
        assertThat(root("a: " + text).get("a").integer()).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1:30", "1.0", "1e3", "08", "yes", "\"600\"", "[1]", "99999999999999999999"})
    void whatIsNoIntegerIsRefusedWithItsLine(String text) {
        var value = root("\na: " + text).get("a");

        assertThatThrownBy(value::integer).hasMessageStartingWith("line 2: a: expected a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "600", "1.5", "{b: c}", "[b]", "n"})
    void whatLooksLikeSomethingElseIsNoText(String text) {
        var value = root("a: " + text).get("a");

        assertThatThrownBy(value::text).hasMessageStartingWith("line 1: a: expected text");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"yes\"", "'600'", "!!str 600", "2026-01-01", "1:30", "|\n  yes"})
    void quotedScalarsDatesAndSexagesimalsAreText(String text) {
        assertThat(root("a: " + text).get("a").text()).isNotBlank();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a: 1\\na: 2                    | line 2: a occurs twice",
                "x: &x {b: 1}\\n<<: *x\\n<<: *x | line 3: << occurs twice",
                "a: !!binary aGk=               | line 1: the tag tag:yaml.org,2002:binary is not read",
                "a:\\n  b: !mine c              | line 2: the tag !mine is not read",
                "a: !!bool maybe                | line 1: the value does not fit its tag",
                "a: !!int ten                   | line 1: the value does not fit its tag",
                "yes: a                         | line 1: a field's name must be text",
                "1: a                           | line 1: a field's name must be text",
                "? [a]\\n: b                    | line 1: a field's name must be text",
                "a: &a\\n  b: *a                | line 1: an alias inside the node it names",
                "a: &a\\n  <<: *a               | line 1: an alias inside the node it names",
                "a:\\n  <<: b                   | line 2: << merges fields",
                "a:\\n  <<: [b]                 | line 2: << merges fields"
            })
    void whatIsReadInSeveralWaysIsRefusedWithItsLine(String text, String refusal) {
        var documents =
                YamlDocuments.asKubernetes(
                        "x: 1\n---\n" + text.replace("\\n", "\n") + "\n---\nz: 1", "kubernetes");

        assertThat(documents).hasSize(3);
        assertThat(documents.get(0).refusal()).isNull();
        assertThat(documents.get(2).refusal()).isNull();
        int line = refusal.charAt("line ".length()) - '0';
        assertThat(documents.get(1).refusal())
                .startsWith("line " + (line + 2) + refusal.substring("line 1".length()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a: 1\\n\\tb: 2      | line 2: this is not YAML",
                "a: */5 * * * *      | line 1: this is not YAML",
                "a: @daily           | line 1: this is not YAML",
                "a: *nothing         | line 1: this is not YAML: found undefined alias nothing",
                "a: 1\\nb: \u0001x   | line 2: this is not YAML: a control character",
                "a: [                | this is not YAML"
            })
    void whatIsNotYamlIsRefusedWithItsLine(String text, String message) {
        assertThatThrownBy(() -> YamlDocuments.asKubernetes(text.translateEscapes(), "kubernetes"))
                .hasMessageContaining(message);
    }

    @Test
    void aliasesOfAliasesCostNothing() {
        var bomb = new StringBuilder("a0: &a0 {x: 1}\n");
        var merges = new StringBuilder("a0: &a0 {x: 1}\n");
        for (int level = 1; level <= 40; level++) {
            String before = "*a" + (level - 1);
            bomb.append("a%d: &a%d [%s, %s]\n".formatted(level, level, before, before));
            merges.append("a%d: &a%d {<<: [%s, %s]}\n".formatted(level, level, before, before));
        }

        assertThat(YamlDocuments.asKubernetes(bomb.toString(), "kubernetes").getFirst().refusal())
                .isNull();
        assertThat(YamlDocuments.asKubernetes(merges.toString(), "kubernetes").getFirst().refusal())
                .contains("more than 10000 merges");
        assertThatThrownBy(() -> YamlDocuments.asKubernetes("[".repeat(10_000), "kubernetes"))
                .hasMessageContaining("YAML");
    }

    private static YamlValue root(String text) {
        var documents = YamlDocuments.asKubernetes(text, "kubernetes");
        assertThat(documents).hasSize(1);
        assertThat(documents.getFirst().refusal()).isNull();
        return documents.getFirst().root();
    }

    @Test
    void anEmptyTextIsNoDocument() {
        assertThat(YamlDocuments.asKubernetes("", "kubernetes")).isEqualTo(List.of());
    }
}
