package io.carillon.handler.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.support.Seeded;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.hc.core5.http.impl.io.SessionOutputBufferImpl;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.message.BasicLineFormatter;
import org.apache.hc.core5.util.CharArrayBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpHeaderRulesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host",
                "content-length",
                "CONNECTION",
                "Expect",
                "Upgrade",
                "Transfer-Encoding",
                "Idempotency-Key",
                "",
                "a b",
                "a:",
                "é",
                "a\n"
            })
    void headersOfTheConnectionAndNamesThatAreNoneAreRefused(String name) {
        assertThat(HttpHeaderRules.allows(name, "value")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nb", "a\0", "\u007f", "\u0080", "\u009f", "π"})
    void valuesThatHttpDoesNotCarryAreRefused(String value) {
        assertThat(HttpHeaderRules.allows("X-A", value)).isFalse();
    }

    @Test
    void ordinaryHeadersAreAllowed() {
        assertThat(HttpHeaderRules.allows("Authorization", "Bearer a.b-c")).isTrue();
        assertThat(HttpHeaderRules.allows("X-Empty", "")).isTrue();
        assertThat(HttpHeaderRules.allows("X-A", null)).isFalse();
    }

    /**
     * As the client writes them: letter by letter in ISO 8859-1, and nothing on a line of its own.
     */
    @Seeded
    void whatIsAllowedTheClientSends(long seed) throws IOException {
        var random = new Random(seed);
        String name = latin(random, 4);
        String value = latin(random, 20);

        if (HttpHeaderRules.allows(name, value)) {
            var buffer = new SessionOutputBufferImpl(1024);
            var written = new ByteArrayOutputStream();
            var line = new CharArrayBuffer(64);
            BasicLineFormatter.INSTANCE.formatHeader(line, new BasicHeader(name, value));
            buffer.writeLine(line, written);
            buffer.flush(written);

            assertThat(written.toString(StandardCharsets.ISO_8859_1))
                    .isEqualTo(name + ": " + value + "\r\n");
        }
    }

    /** Short enough that many names are allowed. */
    private static String latin(Random random, int longest) {
        return random.ints(random.nextInt(longest + 1), 0, 0x100)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }
}
