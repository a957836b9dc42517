package io.carillon.handler.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallTargetTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    http://shop.example           | shop.example:80    | shop.example    | /
                    HTTPS://Shop.example/a        | Shop.example:443   | Shop.example    | /a
                    http://shop_api:8080?a=b#c    | shop_api:8080      | shop_api:8080   | /?a=b
                    http://[::1]:90/              | [::1]:90           | [::1]:90        | /
                    http://x:/                    | x:80               | x:              | /
                    http://x//a/../b;c?d=//       | x:80               | x               | //a/../b;c?d=//
                    http://x/é?ü=%c3%bc           | x:80               | x               | /%C3%A9?%C3%BC=%c3%bc
                    http://127.1/                 | 127.1:80           | 127.1           | /
                    """)
    void aUrlLeadsToAHostAndAPort(
            String url, String hostAndPort, String authority, String pathAndQuery) {
        var target = CallTarget.of(url);

        assertThat(target.hostAndPort()).isEqualTo(hostAndPort);
        assertThat(target.authority()).isEqualTo(authority);
        assertThat(target.pathAndQuery()).isEqualTo(pathAndQuery);
        assertThat(target.isSecure()).isEqualTo(url.startsWith("HTTPS"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/a",
                "ftp://x/",
                "file:///etc/passwd",
                "http:///a",
                "http:x",
                "http://u@x/",
                "http://u:p@x/",
                "http://x:0/",
                "http://x:65536/",
                "http://x:a/",
                "http://a b/",
                "http://x/a b",
                "http://x/a\r\nb",
                "http://bücher.example/",
                "http://x%2ey/",
                "http://[fe80::1%25eth0]/",
                "http://x\\@y/"
            })
    void whatIsNoUrlOfATargetIsRefused(String url) {
        assertThatIllegalArgumentException().isThrownBy(() -> CallTarget.of(url));
    }
}
