package io.carillon.security;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.carillon.support.FreePort;
import io.quarkus.test.junit.QuarkusTestProfile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;

/** An issuer of tokens on this machine; all of it is real but its users, and its pages. */
final class FakeIssuer implements AutoCloseable {
    /** The service reads them once. */
    static final PublicJsonWebKey KEY = rsa("rsa");

    static final PublicJsonWebKey ELLIPTIC = elliptic();

    static final String CLIENT_SECRET = "a client's secret, known to two";

    /** A service that accepts its tokens. Nothing answers there until a test starts it. */
    public static final class Profile implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            var settings = new HashMap<>(new Keys().getConfigOverrides());
            settings.put(
                    "carillon.oidc.issuer", "http://localhost:" + FreePort.find() + "/realms/acme");
            settings.put("carillon.oidc.audience", "carillon");
            settings.put("carillon.oidc.client-id", "pages of carillon");
            settings.put("carillon.oidc.client-secret", CLIENT_SECRET);
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
    }

    /** What it answers at a path. */
    interface Answering {
        String answer(HttpExchange exchange) throws IOException;
    }

    /** An answer that is no 200. */
    static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final int status;
        private final String body;

        Refusal(int status, String body) {
            super(body);
            this.status = status;
            this.body = body;
        }
    }

    private final String issuer;
    private final HttpServer server;

    FakeIssuer(String issuer) throws IOException {
        this.issuer = issuer;
        var uri = URI.create(issuer);
        server =
                HttpServer.create(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), uri.getPort()), 0);
        answers(
                "/.well-known/openid-configuration",
                exchange ->
                        """
                        {"issuer": "%1$s", "jwks_uri": "%1$s/keys",
                         "authorization_endpoint": "%1$s/authorize?tenant=acme",
                         "token_endpoint": "%1$s/token", "userinfo_endpoint": "%1$s/me"}
                        """
                                .formatted(issuer));
        answers(
                "/keys",
                exchange ->
                        new JsonWebKeySet(KEY, ELLIPTIC)
                                .toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY));
        server.start();
    }

    void answers(String path, Answering answering) {
        server.createContext(
                URI.create(issuer).getPath() + path,
                exchange -> {
                    int status = 200;
                    String body;
                    try {
                        body = answering.answer(exchange);
                    } catch (Refusal refused) {
                        status = refused.status;
                        body = refused.body;
                    }
                    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(status, bytes.length);
                    exchange.getResponseBody().write(bytes);
                    exchange.close();
                });
    }

    @Override
    public void close() {
        server.stop(0);
    }

    static PublicJsonWebKey rsa(String id) {
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

    /** A token for the API, unless it is changed. */
    String token(Consumer<JwtClaims> change) {
        return token(KEY, AlgorithmIdentifiers.RSA_USING_SHA256, change);
    }

    String token(PublicJsonWebKey by, String algorithm, Consumer<JwtClaims> change) {
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
}
