package io.carillon.execution.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttemptErrorTest {
    @Test
    void aShortMessageStaysAsItIs() {
        var error = AttemptError.of("HTTP_STATUS", "the target answered 500", 2, Instant.EPOCH);

        assertThat(error.toString())
                .isEqualTo(
                        "{\"code\":\"HTTP_STATUS\",\"message\":\"the target answered 500\",\"attempt\":2,"
                                + "\"at\":\"1970-01-01T00:00:00Z\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "é", "€", "\uD83D\uDD14"})
    void aLongMessageIsCutBetweenCharactersAndSaysHowLongItWas(String character) {
        var message = character.repeat(400_000);

        var cut = AttemptError.cut(message, AttemptError.MESSAGE_LIMIT);

        assertThat(cut.getBytes(StandardCharsets.UTF_8).length)
                .isBetween(AttemptError.MESSAGE_LIMIT - 50, AttemptError.MESSAGE_LIMIT);
        assertThat(cut)
                .startsWith(character)
                .endsWith(
                        character
                                + "… (cut, it had "
                                + message.getBytes(StandardCharsets.UTF_8).length
                                + " bytes)");
    }

    @Test
    void aMessageOfExactlyTheLimitIsNotCut() {
        var message = "x".repeat(AttemptError.MESSAGE_LIMIT);

        assertThat(AttemptError.cut(message, AttemptError.MESSAGE_LIMIT)).isEqualTo(message);
    }

    @Test
    void whatPostgresqlCannotStoreIsReplaced() {
        assertThat(AttemptError.cut("a\0b\uD83Dc\uD83D\uDD14", 100))
                .isEqualTo("a\uFFFDb\uFFFDc\uD83D\uDD14");
    }
}
