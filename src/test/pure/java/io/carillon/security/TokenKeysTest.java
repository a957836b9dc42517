package io.carillon.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The keys of an issuer over HTTP, by a clock of the test's. */
class TokenKeysTest {
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger reads = new AtomicInteger();
    private final List<JsonWebKey> published = new ArrayList<>();
    private String discovery = "{\"issuer\": \"ISSUER\", \"jwks_uri\": \"ISSUER/keys\"}";
    private volatile boolean isStalling;
    private HttpServer server;
    private String issuer;
    private TokenKeys keys;

    @BeforeEach
    void startTheIssuer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer = "http://localhost:" + server.getAddress().getPort();
        answer("/.well-known/openid-configuration");
        answer("/keys");
        server.start();
        keys = keys(issuer, nanos::get);
    }

    private void answer(String path) {
        server.createContext(
                path,
                exchange -> {
                    byte[] body = body(path).getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, body.length);
                    if (isStalling) {
                        exchange.getResponseBody().write(body, 0, 1);
                        exchange.getResponseBody().flush();
                        return;
                    }
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
    }

    private String body(String path) {
        if (!path.equals("/keys")) {
            return discovery.replace("ISSUER", issuer);
        }
        reads.incrementAndGet();
        return new JsonWebKeySet(published).toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY);
    }

    @AfterEach
    void stopTheIssuer() {
        server.stop(0);
    }

    private void publish(String id) throws JoseException {
        var key = RsaJwkGenerator.generateJwk(2048);
        key.setKeyId(id);
        published.add(key);
    }

    private void passes(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void keysAreReadOnceAndAgainForOneThatIsNewButNotAgainAndAgain() throws JoseException {
        publish("first");
        assertThat(keys.find("first")).isPresent();
        assertThat(keys.find("first")).isPresent();
        assertThat(reads).hasValue(1);

        publish("second");
        assertThat(keys.find("second")).as("just read").isEmpty();
        assertThat(reads).hasValue(1);
        passes(Duration.ofSeconds(10));
        assertThat(keys.find("second")).isPresent();
        assertThat(keys.find("unknown")).isEmpty();
        assertThat(reads).hasValue(2);
    }

    @Test
    void afterFiveMinutesTheyAreReadAnewMeanwhileTheOldOnesServe() throws JoseException {
        publish("first");
        keys.find("first");
        published.clear();
        publish("second");
        passes(Duration.ofMinutes(5));

        assertThat(keys.find("first")).isPresent();

        await().until(() -> reads.get() == 2 && keys.find("second").isPresent());
        assertThat(keys.find("first")).as("withdrawn").isEmpty();
    }

    @Test
    void whileTheIssuerIsAwayWhatIsKnownGoesOn() throws JoseException {
        publish("first");
        keys.find("first");
        stopTheIssuer();
        passes(Duration.ofHours(1));

        assertThat(keys.find("new")).isEmpty();
        assertThat(keys.find("first")).isPresent();
    }

    @Test
    @Timeout(60)
    void anIssuerThatFallsSilentWithinAnAnswerKeepsNobodyForLong() throws JoseException {
        publish("first");
        isStalling = true;
        assertThat(keys.find("first")).isEmpty();

        isStalling = false;
        passes(Duration.ofSeconds(10));
        assertThat(keys.find("first")).isPresent();
    }

    @Test
    void aTokenThatNamesNoKeyIsOfTheOnlyOne() throws JoseException {
        publish("first");
        assertThat(keys.find(null)).isPresent();

        publish("second");
        passes(Duration.ofMinutes(5));
        keys.find("second");
        await().until(() -> keys.find("second").isPresent());
        assertThat(keys.find(null)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"issuer\": \"https://another.example.com\", \"jwks_uri\": \"ISSUER/keys\"}",
                "{\"issuer\": \"ISSUER\"}",
                "{\"issuer\": \"ISSUER\", \"jwks_uri\": 7}",
                "{\"issuer\": \"ISSUER\", \"jwks_uri\": \"not a url\"}",
                "{\"issuer\": \"ISSUER\", \"jwks_uri\": \"ISSUER/nothing\"}",
                "<html>",
                "",
                "7"
            })
    void whateverAnIssuerAnswersIsNoKeyAndNoFailure(String answer) throws JoseException {
        publish("first");
        discovery = answer;

        assertThat(keys.find("first")).isEmpty();
        assertThat(reads).hasValue(0);
    }

    private static TokenKeys keys(String issuer, LongSupplier nanoTime) {
        var config =
                new SmallRyeConfigBuilder()
                        .withMapping(OidcConfig.class)
                        .withConverter(Duration.class, 100, new DurationConverter())
                        .withDefaultValue("carillon.oidc.issuer", issuer)
                        .build()
                        .getConfigMapping(OidcConfig.class);
        return new TokenKeys(config, new Issuer(config), nanoTime);
    }
}
