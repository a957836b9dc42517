package io.carillon.handler.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.support.Seeded;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Random;
import java.util.stream.Collectors;
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
    @ValueSource(strings = {"a\r\nb", "a\0", "\u007f", "π"})
    void valuesThatHttpDoesNotCarryAreRefused(String value) {
        assertThat(HttpHeaderRules.allows("X-A", value)).isFalse();
    }

    @Test
    void ordinaryHeadersAreAllowed() {
        assertThat(HttpHeaderRules.allows("Authorization", "Bearer a.b-c")).isTrue();
        assertThat(HttpHeaderRules.allows("X-Empty", "")).isTrue();
        assertThat(HttpHeaderRules.allows("X-A", null)).isFalse();
    }

    @Seeded
    void whatIsAllowedTheClientSends(long seed) {
        var random = new Random(seed);
        String name = latin(random, 4);
        String value = latin(random, 20);

        if (HttpHeaderRules.allows(name, value)) {
            HttpRequest.newBuilder(URI.create("http://localhost")).setHeader(name, value);
        }
    }

    /** Short enough that many names are allowed. */
    private static String latin(Random random, int longest) {
        return random.ints(random.nextInt(longest + 1), 0, 0x100)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }
}
