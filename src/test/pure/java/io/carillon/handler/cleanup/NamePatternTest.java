package io.carillon.handler.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamePatternTest {
    @ParameterizedTest
    @CsvSource({
        "*, anything.csv, true",
        "*.csv, a.csv, true",
        "*.csv, .csv, true",
        "*.csv, a.csv.gz, false",
        "a?c, abc, true",
        "a?c, ac, false",
        "*a*b*, xxaxxb, true",
        "*a*b*, xxbxxa, false",
        "[a-z].csv, a.csv, false",
        "'[a-z].csv', '[a-z].csv', true",
        "a.c, abc, false",
        "*ab, aab, true"
    })
    void matchesAsAShellDoes(String pattern, String name, boolean matches) {
        assertThat(new NamePattern(pattern).matches(name)).isEqualTo(matches);
    }

    /** A pattern that takes a backtracking one longer than anybody waits. */
    @Test
    void ofManyStarsEndsAsSoon() {
        String pattern = "*a".repeat(127) + "b";

        assertThat(new NamePattern(pattern).matches("a".repeat(255))).isFalse();
    }
}
