package io.carillon.security;

import static io.carillon.security.Keys.ADMIN;
import static io.carillon.security.Keys.with;
import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tokens of an issuer on this machine, which is real but for its users. */
@QuarkusTest
@TestProfile(TokensTest.WithIssuer.class)
class TokensTest {
    /** The service reads them once. */
    private static final PublicJsonWebKey KEY = rsa("rsa");

    private static final PublicJsonWebKey ELLIPTIC = elliptic();

    /** Nothing answers there until the test starts it. */
    public static final class WithIssuer implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            var settings = new HashMap<>(new Keys().getConfigOverrides());
            settings.put("carillon.oidc.issuer", "http://localhost:" + freePort() + "/realms/acme");
            settings.put("carillon.oidc.audience", "carillon");
            settings.put("carillon.oidc.name-claim", "email");
            settings.put(
                    "carillon.oidc.grants.deploys", "repository=acme/billing EDITOR billing,shop");
            settings.put(
                    "carillon.oidc.grants.operators", "realm_access.roles=carillon admins ADMIN *");
            settings.put(
                    "carillon.oidc.grants.readers",
                    "https://acme.example/groups=staff VIEWER billing");
            return settings;
        }

        private static int freePort() {
            try (var socket = new ServerSocket(0)) {
                return socket.getLocalPort();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    @Inject
    @ConfigProperty(name = "carillon.oidc.issuer")
    String issuer;

    private HttpServer server;

    private static PublicJsonWebKey rsa(String id) {
        try {
            var made = RsaJwkGenerator.generateJwk(2048);
            made.setKeyId(id);
            return made;
        } catch (JoseException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static PublicJsonWebKey elliptic() {
        try {
            var made = EcJwkGenerator.generateJwk(EllipticCurves.P256);
            made.setKeyId("elliptic");
            return made;
        } catch (JoseException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @BeforeEach
    void startTheIssuer() throws IOException {
        var uri = URI.create(issuer);
        server =
                HttpServer.create(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), uri.getPort()), 0);
        answers(
                "/.well-known/openid-configuration",
                () -> "{\"issuer\": \"%s\", \"jwks_uri\": \"%s/keys\"}".formatted(issuer, issuer));
        answers(
                "/keys",
                () ->
                        new JsonWebKeySet(KEY, ELLIPTIC)
                                .toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY));
        server.start();
    }

    private void answers(String path, Supplier<String> body) {
        server.createContext(
                URI.create(issuer).getPath() + path,
                exchange -> {
                    byte[] bytes = body.get().getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, bytes.length);
                    exchange.getResponseBody().write(bytes);
                    exchange.close();
                });
    }

    @AfterEach
    void stopTheIssuer() {
        server.stop(0);
    }

    private String token(Consumer<JwtClaims> change) {
        return token(KEY, AlgorithmIdentifiers.RSA_USING_SHA256, change);
    }

    private String token(PublicJsonWebKey by, String algorithm, Consumer<JwtClaims> change) {
        var claims = new JwtClaims();
        claims.setIssuer(issuer);
        claims.setAudience("carillon");
        claims.setSubject("repo:acme/billing:ref:main");
        claims.setExpirationTimeMinutesInTheFuture(5);
        claims.setClaim("email", "anna@acme.example");
        claims.setClaim("repository", "acme/billing");
        change.accept(claims);
        var signature = new JsonWebSignature();
        signature.setPayload(claims.toJson());
        signature.setKey(by.getPrivateKey());
        signature.setKeyIdHeaderValue(by.getKeyId());
        signature.setAlgorithmHeaderValue(algorithm);
        try {
            return signature.getCompactSerialization();
        } catch (JoseException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Test
    void aTokenMayWhatItsClaimsAreGrantedAndIsNamedInTheAudit() {
        String token = token(claims -> {});
        var job = tree(with(token, aJob().put("namespace", "billing")).post(JOBS), 201);

        assertThat(with(token, aJob().put("namespace", "elsewhere")).post(JOBS).statusCode())
                .isEqualTo(403);
        assertProblem(with(token).get("/api/v1/keys"), 403, "forbidden");
        assertThat(
                        tree(
                                        with(ADMIN)
                                                .get(
                                                        "/api/v1/audit?jobId="
                                                                + job.get("id").textValue()),
                                        200)
                                .at("/items/0/actor")
                                .textValue())
                .isEqualTo("oidc:anna@acme.example");
    }

    @Test
    void claimsMayBeListsNestedAndNamedAsUrls() {
        var admin =
                token(
                        claims -> {
                            claims.unsetClaim("repository");
                            claims.setClaim(
                                    "realm_access",
                                    Map.of("roles", List.of("x", "carillon admins")));
                        });
        var reader =
                token(
                        claims -> {
                            claims.unsetClaim("repository");
                            claims.setStringListClaim("https://acme.example/groups", "staff");
                        });
        var nobody = token(claims -> claims.setClaim("repository", "acme/other"));

        assertThat(with(admin).get("/api/v1/keys").statusCode()).isEqualTo(200);
        assertThat(with(reader).get(JOBS).statusCode()).isEqualTo(200);
        assertThat(with(reader, aJob().put("namespace", "billing")).post(JOBS).statusCode())
                .isEqualTo(403);
        assertProblem(with(nobody).get(JOBS), 403, "forbidden");
    }

    @Test
    void aTokenThatIsNotGoodIsNone() throws JoseException {
        var stranger = rsa(KEY.getKeyId());
        var unknown = rsa("unknown");
        var bad =
                Map.of(
                        "expired", token(claims -> claims.setExpirationTimeMinutesInTheFuture(-2)),
                        "without an end", token(claims -> claims.unsetClaim("exp")),
                        "not yet valid", token(claims -> claims.setNotBeforeMinutesInThePast(-5)),
                        "for others", token(claims -> claims.setAudience("shop")),
                        "for nobody", token(claims -> claims.unsetClaim("aud")),
                        "of another issuer", token(claims -> claims.setIssuer(issuer + "/")),
                        "signed by another key",
                                token(
                                        stranger,
                                        AlgorithmIdentifiers.RSA_USING_SHA256,
                                        claims -> {}),
                        "signed by an unknown key",
                                token(unknown, AlgorithmIdentifiers.RSA_USING_SHA256, claims -> {}),
                        "changed", changed(token(claims -> {})),
                        "not a token", "a.b.c");

        bad.forEach(
                (why, token) ->
                        assertThat(with(token).get(JOBS).statusCode()).as(why).isEqualTo(401));
        assertThat(with(withoutSignature()).get(JOBS).statusCode()).as("unsigned").isEqualTo(401);
        assertThat(with(signedByThePublicKey()).get(JOBS).statusCode())
                .as("signed by what everybody knows")
                .isEqualTo(401);
        assertThat(with(token(claims -> {})).get(JOBS).statusCode()).isEqualTo(200);
    }

    private static String changed(String token) {
        var parts = token.split("\\.");
        return parts[0] + "." + parts[1] + "x." + parts[2];
    }

    private String withoutSignature() {
        var parts = token(claims -> {}).split("\\.");
        return Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8))
                + "."
                + parts[1]
                + ".";
    }

    private String signedByThePublicKey() throws JoseException {
        var signature = new JsonWebSignature();
        var claims = new JwtClaims();
        claims.setIssuer(issuer);
        claims.setAudience("carillon");
        claims.setExpirationTimeMinutesInTheFuture(5);
        signature.setPayload(claims.toJson());
        signature.setKey(new HmacKey(KEY.getPublicKey().getEncoded()));
        signature.setKeyIdHeaderValue(KEY.getKeyId());
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
        return signature.getCompactSerialization();
    }

    @Test
    void anEllipticKeyIsGoodToo() {
        String token =
                token(
                        ELLIPTIC,
                        AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
                        claims -> {});

        assertThat(with(token).get(JOBS).statusCode()).isEqualTo(200);
    }
}
