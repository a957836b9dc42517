package io.carillon.outgoing.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostLimitTest {
    @Test
    void isReadFromItsForm() {
        assertThat(HostLimit.of("Shop.example.com concurrent=10 pause-after=20 pause=2m"))
                .isEqualTo(new HostLimit("shop.example.com", 10, 20, Duration.ofMinutes(2)));
        assertThat(HostLimit.of(" *  pause-after=5 "))
                .isEqualTo(new HostLimit("*", null, 5, Duration.ofSeconds(30)));
        assertThat(HostLimit.of("[::1] concurrent=1").concurrent()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "shop.example.com",
                "shop.example.com pause=30s",
                "concurrent=10",
                "shop.example.com concurrent",
                "shop.example.com concurrent=0",
                "shop.example.com concurrent=1001",
                "shop.example.com concurrent=-1",
                "shop.example.com concurrent=ten",
                "shop.example.com pause-after=0",
                "shop.example.com pause-after=1 pause=2h",
                "shop.example.com pause-after=1 pause=30",
                "shop.example.com rate=10",
                "shop.*.com concurrent=1",
                "http://shop.example.com concurrent=1"
            })
    void anythingElseIsNone(String text) {
        assertThat(HostLimit.isOne(text)).isFalse();
    }

    @Test
    void isForANameADomainOrAllHosts() {
        var domain = HostLimit.of("*.example.com concurrent=1");

        assertThat(domain.isFor("shop.example.com")).isTrue();
        assertThat(domain.isFor("a.shop.example.com")).isTrue();
        assertThat(domain.isFor("example.com")).isFalse();
        assertThat(domain.isFor("shopexample.com")).isFalse();
        assertThat(HostLimit.of("* concurrent=1").isFor("anything")).isTrue();
        assertThat(HostLimit.of("shop concurrent=1").isFor("shops")).isFalse();
    }

    @Test
    void theNameComesBeforeItsDomainAndTheLongerDomainBeforeTheShorter() {
        assertThat(
                        Stream.of("*", "*.example.com", "a.b.example.com", "*.b.example.com")
                                .map(host -> HostLimit.of(host + " concurrent=1"))
                                .sorted(Comparator.comparing(HostLimit::exactness).reversed())
                                .map(HostLimit::host))
                .containsExactly("a.b.example.com", "*.b.example.com", "*.example.com", "*");
    }
}
