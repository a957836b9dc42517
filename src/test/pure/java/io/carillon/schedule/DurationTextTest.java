package io.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carillon.support.Generate;
import io.carillon.support.Seeded;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "30s, PT30S",
        "500ms, PT0.5S",
        "24h, PT24H",
        "7d, PT168H",
        "2w, PT336H",
        "1h30m, PT1H30M",
        "1d2h3m4s5ms, PT26H3M4.005S",
        "1.5h, PT1H30M",
        "0.25s, PT0.25S",
        "0s, PT0S",
        "' 30s ', PT30S",
        "PT30S, PT30S",
        "P7D, PT168H",
        "p1dt12h, PT36H",
        "PT0.5S, PT0.5S",
        "36525d, PT876600H",
    })
    void durationsAreRead(String text, String expected) {
        assertThat(DurationText.parse(text)).isEqualTo(Duration.parse(expected));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    -5s         | a duration cannot be negative
                    PT-5S       | a duration cannot be negative
                    -PT5S       | a duration cannot be negative
                    30          | character 1 does not begin a part
                    1h 30m      | character 3 does not begin a part
                    5sec        | character 3 does not begin a part
                    30S         | character 1 does not begin a part
                    h           | character 1 does not begin a part
                    .5s         | character 1 does not begin a part
                    1m1h        | write each unit once, from large to small
                    1s1s        | write each unit once, from large to small
                    36526d      | at most 100 years (36525d)
                    99999999999999999999999999d | at most 100 years (36525d)
                    PT99999999999999999999999S  | at most 100 years (36525d)
                    PT2562047788015216H | at most 100 years (36525d)
                    P1Y         | write weeks, months and years as days
                    P1M         | write weeks, months and years as days
                    P2W         | write weeks, months and years as days
                    PT          | this is not ISO 8601
                    P           | this is not ISO 8601
                    PT5X        | this is not ISO 8601
                    ٣s          | character 1 does not begin a part
                    """)
    void whatIsNoDurationIsExplained(String text, String reason) {
        assertThatThrownBy(() -> DurationText.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("expected a duration such as ")
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  "})
    void nothingIsNoDuration(String text) {
        assertThatThrownBy(() -> DurationText.parse(text)).hasMessageEndingWith("found nothing");
    }

    @Test
    void aLongTextIsRefusedUnread() {
        assertThatThrownBy(() -> DurationText.parse("1".repeat(1_000_000) + "s"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("found 1000001 characters");
    }

    @Seeded(tries = 500)
    void iso8601AsAnsweredIsReadBack(long seed) {
        long longest = 3_155_760_000_000L;
        Duration duration = Duration.ofMillis(Generate.between(new Random(seed), 0, longest));

        assertThat(DurationText.parse(duration.toString())).isEqualTo(duration);
    }

    @Seeded
    void anyTextIsADurationOrAnIllegalArgument(long seed) {
        String text = anyText(new Random(seed));
        try {
            assertThat(DurationText.parse(text).isNegative()).isFalse();
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageStartingWith("expected a duration");
        }
    }

    /** Half of it of what durations are made of, so that some are. */
    private static String anyText(Random random) {
        if (random.nextBoolean()) {
            return Generate.text(random);
        }
        String alphabet = "0123456789.-+PTDHMSWdhmsw ";
        return random.ints(random.nextInt(12), 0, alphabet.length())
                .mapToObj(index -> alphabet.substring(index, index + 1))
                .collect(Collectors.joining());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "PT24H, 24 hours",
        "PT48H, 2 days",
        "PT36H, 36 hours",
        "P7D, 7 days",
        "P14D, 2 weeks",
        "PT1S, 1 second",
        "PT1H30M, 1 hour 30 minutes",
        "PT0.1S, 100 milliseconds",
        "PT0S, 0 seconds",
    })
    void wordsSayWhatPeopleWouldSay(Duration duration, String words) {
        assertThat(DurationText.inWords(duration)).isEqualTo(words);
    }
}
