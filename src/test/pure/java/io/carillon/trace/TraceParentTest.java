package io.carillon.trace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceParentTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SPAN = "00f067aa0ba902b7";
    private static final String ZEROS = "00000000000000000000000000000000";

    @ParameterizedTest
    @CsvSource({
        "00-TRACE-SPAN-01, true",
        "00-TRACE-SPAN-00, false",
        "00-TRACE-SPAN-03, true",
        "00-TRACE-SPAN-02, false",
        "cc-TRACE-SPAN-01, true",
        "cc-TRACE-SPAN-01-what-a-later-version-adds, true"
    })
    void aHeaderNamesASpan(String header, boolean isSampled) {
        assertThat(TraceParent.parse(filled(header)))
                .contains(new TraceParent(TRACE, SPAN, isSampled));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "none",
                "00-TRACE-SPAN",
                "00-TRACE-SPAN-1",
                "00-TRACE-SPAN-01-more",
                "ff-TRACE-SPAN-01",
                "cc-TRACE-SPAN-01more",
                "00-ZEROS-SPAN-01",
                "00-TRACE-0000000000000000-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-SPAN-01",
                "00-TRACE-00f067aa0ba902bg-01"
            })
    void whatIsNotValidIsNoParent(String header) {
        assertThat(TraceParent.parse(filled(header))).isEmpty();
    }

    @Test
    void noHeaderIsNoParent() {
        assertThat(TraceParent.parse(null)).isEmpty();
    }

    @Test
    void itIsWrittenAsItIsRead() {
        String header = filled("00-TRACE-SPAN-01");

        assertThat(TraceParent.parse(header).orElseThrow()).hasToString(header);
    }

    private static String filled(String header) {
        return header.replace("TRACE", TRACE).replace("SPAN", SPAN).replace("ZEROS", ZEROS);
    }
}
