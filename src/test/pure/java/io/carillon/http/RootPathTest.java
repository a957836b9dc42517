package io.carillon.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RootPathTest {

    @ParameterizedTest
    @CsvSource({"/,''", "'',''", "carillon,/carillon", "/carillon/,/carillon", "a/b/,/a/b"})
    void itIsReadAsQuarkusReadsIt(String configured, String prefix) {
        assertThat(RootPath.prefix(configured)).isEqualTo(prefix);
    }
}
