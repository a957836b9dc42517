package io.carillon.handler.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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
        var config = config(null, null);

        assertThat(config.expects(204)).isTrue();
        assertThat(config.expects(304)).isFalse();
    }

    @ParameterizedTest(name = "{0} with {1}: {2}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    200 |                             | SUCCEED
                    299 |                             | SUCCEED
                    302 |                             | FAIL
                    404 |                             | FAIL
                    408 |                             | RETRY
                    410 |                             | PAUSE_JOB
                    425 |                             | RETRY
                    429 |                             | RETRY
                    500 |                             | RETRY
                    599 |                             | RETRY
                    404 | 404=RETRY                   | RETRY
                    405 | 404=RETRY                   | FAIL
                    200 | 2xx=FAIL                    | FAIL
                    204 | 2xx=FAIL 204=SUCCEED        | SUCCEED
                    204 | 2xx=FAIL 200-204=RETRY      | RETRY
                    204 | 200-204=RETRY 204-205=FAIL  | FAIL
                    205 | 200-204=RETRY               | SUCCEED
                    410 | 4xx=RETRY                   | RETRY
                    503 | 500-599=PAUSE_JOB 5xx=FAIL  | PAUSE_JOB
                    """)
    void theNarrowestRuleSaysWhatAStatusMeans(
            int status, @Nullable String rules, HttpConfig.OnStatus action) {
        var onStatus = new HashMap<String, HttpConfig.OnStatus>();
        for (String rule : rules == null ? new String[0] : rules.split(" ")) {
            onStatus.put(rule.split("=")[0], HttpConfig.OnStatus.valueOf(rule.split("=")[1]));
        }

        var config = config(null, onStatus);

        assertThat(config.actionOn(status, false)).isEqualTo(action);
    }

    @Test
    void anExpectedStatusSucceedsUnlessARuleSaysOtherwise() {
        var rules = Map.of("404", HttpConfig.OnStatus.FAIL);

        var config = config(List.of("4xx"), rules);

        assertThat(config.actionOn(410, false)).isEqualTo(HttpConfig.OnStatus.SUCCEED);
        assertThat(config.actionOn(404, false)).isEqualTo(HttpConfig.OnStatus.FAIL);
        assertThat(config.actionOn(200, false)).isEqualTo(HttpConfig.OnStatus.FAIL);
    }

    @Test
    void aTokenThatWasKeptMayHaveExpiredAndAFreshOneHasNot() {
        var config = config(null, null);

        assertThat(config.actionOn(401, true)).isEqualTo(HttpConfig.OnStatus.RETRY);
        assertThat(config.actionOn(401, false)).isEqualTo(HttpConfig.OnStatus.FAIL);
        assertThat(config.actionOn(403, true)).isEqualTo(HttpConfig.OnStatus.FAIL);
        assertThat(config(null, Map.of("401", HttpConfig.OnStatus.FAIL)).actionOn(401, true))
                .isEqualTo(HttpConfig.OnStatus.FAIL);
    }

    private static HttpConfig expecting(List<String> statuses) {
        return config(statuses, null);
    }

    private static HttpConfig config(
            @Nullable List<String> expectedStatuses,
            @Nullable Map<String, HttpConfig.OnStatus> onStatus) {
        return new HttpConfig(
                null,
                "http://localhost",
                null,
                null,
                expectedStatuses,
                onStatus,
                null,
                null,
                null,
                null,
                null,
                null);
    }
}
