package io.carillon.handler.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
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

    @Property
    void whatIsAllowedTheClientSends(
            @ForAll @CharRange(to = '\u00ff') String name,
            @ForAll @CharRange(to = '\u00ff') String value) {
        if (HttpHeaderRules.allows(name, value)) {
            HttpRequest.newBuilder(URI.create("http://localhost")).setHeader(name, value);
        }
    }
}
