package io.carillon.handler.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedirectsTest {
    private static final Call.Tls TLS =
            new Call.Tls("digest", (SSLSocketFactory) SSLSocketFactory.getDefault());

    @ParameterizedTest(name = "{0} from {1} to {2}: {3}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    302 | http://a.example/x/y?q  | /z               | http://a.example:80/z
                    302 | http://a.example/x/y?q  | z?r#f            | http://a.example:80/x/z?r
                    302 | http://a_b:81/x         | ../z             | http://a_b:81/../z
                    302 | http://a.example/       | //b.example/     | http://b.example:80/
                    302 | http://a.example/       | https://b.example:90/?é | https://b.example:90/?%C3%A9
                    307 | https://a.example/      | https://[::1]/   | https://[::1]:443/
                    302 | https://a.example/      | http://a.example/ |
                    302 | http://a.example/       | ftp://b.example/ |
                    302 | http://a.example/       | http://u@b/      |
                    302 | http://a.example/       | http://b c/      |
                    304 | http://a.example/       | /z               |
                    300 | http://a.example/       | /z               |
                    201 | http://a.example/       | /z               |
                    """)
    void aLocationIsResolved(int status, String from, String location, @Nullable String to) {
        var next =
                Redirects.next(call("GET", from), answer(status, Map.of("Location", location)))
                        .map(Call::target)
                        .map(
                                each ->
                                        (each.isSecure() ? "https://" : "http://")
                                                + each.hostAndPort()
                                                + each.pathAndQuery());

        assertThat(next.orElse(null)).isEqualTo(to);
    }

    @Test
    void withoutALocationThereIsNothingToFollow() {
        assertThat(Redirects.next(call("GET", "http://a/"), answer(302, Map.of()))).isEmpty();
    }

    @ParameterizedTest(name = "{0} after {1} becomes {2}")
    @CsvSource({
        "POST, 301, GET",
        "POST, 302, GET",
        "POST, 303, GET",
        "PUT, 303, GET",
        "HEAD, 303, HEAD",
        "PUT, 302, PUT",
        "GET, 301, GET",
        "POST, 307, POST",
        "POST, 308, POST",
        "DELETE, 308, DELETE"
    })
    void theMethodAndItsBodyStayOrBecomeGet(String method, int status, String becomes) {
        var next = next(call(method, "http://a/"), status, "/b");

        assertThat(next.method()).isEqualTo(becomes);
        assertThat(next.body() != null).isEqualTo(method.equals(becomes));
        assertThat(next.headers().containsKey("Content-Type")).isEqualTo(method.equals(becomes));
    }

    @ParameterizedTest
    @CsvSource({
        "http://a/, /b, true",
        "http://a/, http://A:80/b, true",
        "http://a/, http://b/, false",
        "http://a/, http://a:81/, false",
        "http://a/, https://a/, false"
    })
    void headersAndTheCertificateOfTheConfigGoToNoOtherOrigin(
            String from, String location, boolean isSent) {
        var next = next(call("GET", from), 307, location);

        assertThat(next.headers()).containsKeys("Idempotency-Key", "User-Agent");
        assertThat(next.headers().containsKey("Authorization")).isEqualTo(isSent);
        assertThat(next.headers().containsKey("X-Api-Key")).isEqualTo(isSent);
        assertThat(next.tls()).isEqualTo(isSent ? TLS : null);
        assertThat(next.namespace()).isEqualTo("default");
    }

    private static Call next(Call call, int status, String location) {
        return Redirects.next(call, answer(status, Map.of("Location", location))).orElseThrow();
    }

    private static Call call(String method, String url) {
        return new Call(
                "default",
                CallTarget.of(url),
                method,
                Map.of(
                        "Authorization", "Bearer x",
                        "X-Api-Key", "x",
                        "Content-Type", "text/plain",
                        "Idempotency-Key", "1",
                        "User-Agent", "Carillon"),
                "body".getBytes(StandardCharsets.UTF_8),
                TLS);
    }

    private static Answer answer(int status, Map<String, String> headers) {
        return new Answer(
                status, headers, new CappedBody(new byte[0], 0, true, StandardCharsets.UTF_8));
    }
}
