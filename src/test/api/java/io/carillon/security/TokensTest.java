package io.carillon.security;

import static io.carillon.security.Keys.ADMIN;
import static io.carillon.security.Keys.with;
import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tokens of an issuer on this machine, which is real but for its users. */
@QuarkusTest
@TestProfile(FakeIssuer.Profile.class)
class TokensTest {
    @Inject
    @ConfigProperty(name = "carillon.oidc.issuer")
    String issuer;

    private FakeIssuer fake;

    @BeforeEach
    void startTheIssuer() throws IOException {
        fake = new FakeIssuer(issuer);
    }

    @AfterEach
    void stopTheIssuer() {
        fake.close();
    }

    @Test
    void aTokenMayWhatItsClaimsAreGrantedAndIsNamedInTheAudit() {
        String token = fake.token(claims -> {});
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
                fake.token(
                        claims -> {
                            claims.unsetClaim("repository");
                            claims.setClaim(
                                    "realm_access",
                                    Map.of("roles", List.of("x", "carillon admins")));
                        });
        var reader =
                fake.token(
                        claims -> {
                            claims.unsetClaim("repository");
                            claims.setStringListClaim("https://acme.example/groups", "staff");
                        });
        var nobody = fake.token(claims -> claims.setClaim("repository", "acme/other"));

        assertThat(with(admin).get("/api/v1/keys").statusCode()).isEqualTo(200);
        assertThat(with(reader).get(JOBS).statusCode()).isEqualTo(200);
        assertThat(with(reader, aJob().put("namespace", "billing")).post(JOBS).statusCode())
                .isEqualTo(403);
        assertProblem(with(nobody).get(JOBS), 403, "forbidden");
    }

    @Test
    void aTokenThatIsNotGoodIsNone() throws JoseException {
        var stranger = FakeIssuer.rsa(FakeIssuer.KEY.getKeyId());
        var unknown = FakeIssuer.rsa("unknown");
        var bad =
                Map.of(
                        "expired",
                                fake.token(
                                        claims -> claims.setExpirationTimeMinutesInTheFuture(-2)),
                        "without an end", fake.token(claims -> claims.unsetClaim("exp")),
                        "not yet valid",
                                fake.token(claims -> claims.setNotBeforeMinutesInThePast(-5)),
                        "for others", fake.token(claims -> claims.setAudience("shop")),
                        "for nobody", fake.token(claims -> claims.unsetClaim("aud")),
                        "of another issuer", fake.token(claims -> claims.setIssuer(issuer + "/")),
                        "signed by another key",
                                fake.token(
                                        stranger,
                                        AlgorithmIdentifiers.RSA_USING_SHA256,
                                        claims -> {}),
                        "signed by an unknown key",
                                fake.token(
                                        unknown,
                                        AlgorithmIdentifiers.RSA_USING_SHA256,
                                        claims -> {}),
                        "changed", changed(fake.token(claims -> {})),
                        "not a token", "a.b.c");

        bad.forEach(
                (why, token) ->
                        assertThat(with(token).get(JOBS).statusCode()).as(why).isEqualTo(401));
        assertThat(with(withoutSignature()).get(JOBS).statusCode()).as("unsigned").isEqualTo(401);
        assertThat(with(signedByThePublicKey()).get(JOBS).statusCode())
                .as("signed by what everybody knows")
                .isEqualTo(401);
        assertThat(with(fake.token(claims -> {})).get(JOBS).statusCode()).isEqualTo(200);
    }

    private static String changed(String token) {
        var parts = token.split("\\.");
        return parts[0] + "." + parts[1] + "x." + parts[2];
    }

    private String withoutSignature() {
        var parts = fake.token(claims -> {}).split("\\.");
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
        signature.setKey(new HmacKey(FakeIssuer.KEY.getPublicKey().getEncoded()));
        signature.setKeyIdHeaderValue(FakeIssuer.KEY.getKeyId());
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
        return signature.getCompactSerialization();
    }

    @Test
    void anEllipticKeyIsGoodToo() {
        String token =
                fake.token(
                        FakeIssuer.ELLIPTIC,
                        AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
                        claims -> {});

        assertThat(with(token).get(JOBS).statusCode()).isEqualTo(200);
    }
}
