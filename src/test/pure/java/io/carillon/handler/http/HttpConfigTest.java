package io.carillon.handler.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpConfigTest {

    @ParameterizedTest(name = "{0} expects {1}: {2}")
    @CsvSource({
        "2xx, 200, true",
        "2xx, 299, true",
        "2xx, 300, false",
        "2xx, 199, false",
        "404, 404, true",
        "404, 405, false",
        "200-204, 200, true",
        "200-204, 204, true",
        "200-204, 205, false",
        "200-204, 199, false"
    })
    void aStatusIsExpectedByNumberClassOrRange(String expected, int status, boolean isExpected) {
        assertThat(expecting(List.of(expected)).expects(status)).isEqualTo(isExpected);
    }

    @Test
    void anyOfSeveralIsExpected() {
        var config = expecting(List.of("204", "4xx"));

        assertThat(config.expects(204)).isTrue();
        assertThat(config.expects(418)).isTrue();
        assertThat(config.expects(200)).isFalse();
    }

    @Test
    void successIsExpectedUnlessToldOtherwise() {
        var config = new HttpConfig(null, "http://localhost", null, null, null, null);

        assertThat(config.expects(204)).isTrue();
        assertThat(config.expects(304)).isFalse();
    }

    private static HttpConfig expecting(List<String> statuses) {
        return new HttpConfig(null, "http://localhost", null, null, statuses, null);
    }
}
