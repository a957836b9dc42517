package io.carillon.handler.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Letters in the forms that they have between their neighbours. */
class ArabicFormsTest {
    @ParameterizedTest
    @CsvSource({
        "\u0645\u062D\u0645\u062F, \uFEE3\uFEA4\uFEE4\uFEAA",
        "\u0633\u0644\u0627\u0645, \uFEB3\uFEFC\uFEE1",
        "\u0644\u0627, \uFEFB",
        "\u0628, \uFE8F",
        "\u0628\u064E\u0628, \uFE91\u064E\uFE90",
        "\u0628\u0640, \uFE91\u0640",
        "\u0645\u06CC\u200C\u062E, \uFEE3\uFBFD\u200C\uFEA5",
        "\u067E\u06A9, \uFB58\uFB8F",
        "\u0628 a\u0628, \uFE8F a\uFE8F"
    })
    void areJoined(String text, String forms) {
        assertThat(ArabicForms.joined(text, _ -> true)).isEqualTo(forms);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0627\u0644\u0644\u063A\u0629 \u0627\u0644\u0639\u0631\u0628\u064A\u0629",
                "\u0627\u0644\u0645\u0628\u064A\u0639\u0627\u062A \u0627\u0644\u064A\u0648\u0645\u064A\u0629",
                "\u0641\u0627\u0631\u0633\u06CC \u0686\u06AF\u0648\u0646\u0647",
                "\u0621\u0622\u0623\u0624\u0625\u0626\u0627\u0628\u0629\u062A\u062B\u062C\u062D\u062E\u062F\u0630\u0631\u0632\u0633\u0634\u0635\u0636\u0637\u0638\u0639\u063A\u0641\u0642\u0643\u0644\u0645\u0646\u0647\u0648\u0649\u064A"
            })
    void areTheSameLettersToWhoReadsThem(String text) {
        String joined = ArabicForms.joined(text, _ -> true);

        assertThat(joined).isNotEqualTo(text);
        assertThat(Normalizer.normalize(joined, Normalizer.Form.NFKC)).isEqualTo(text);
    }

    @Test
    void whatNoFontHasStaysALetter() {
        assertThat(ArabicForms.joined("\u0644\u0627\u0628", point -> point < 0xFE00))
                .isEqualTo("\u0644\u0627\u0628");
    }
}
