package io.carillon.handler.http;

import static io.carillon.support.Api.EXECUTIONS;
import static io.carillon.support.Api.JOBS;
import static io.carillon.support.Api.aCallOf;
import static io.carillon.support.Api.aJob;
import static io.carillon.support.Api.body;
import static io.carillon.support.Api.createdId;
import static io.carillon.support.Api.ended;
import static io.carillon.support.Api.get;
import static io.carillon.support.Api.json;
import static io.carillon.support.Api.object;
import static io.carillon.support.Api.submittedId;
import static io.carillon.support.Api.tree;
import static io.carillon.support.Api.triggered;
import static io.carillon.support.Api.unique;
import static io.carillon.support.TestCertificates.CA;
import static io.carillon.support.TestCertificates.EC;
import static io.carillon.support.TestCertificates.RSA;
import static io.carillon.support.TestCertificates.STRANGER;
import static io.carillon.support.TestCertificates.certificateOf;
import static io.carillon.support.TestCertificates.keyOf;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.support.Database;
import io.carillon.support.HttpTarget;
import io.carillon.support.TestCertificates;
import io.carillon.support.TlsTarget;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls with certificates of their own, to a real server that demands them. */
@QuarkusTest
class TlsCallsTest {
    private final String secret = unique("shop");

    @ParameterizedTest
    @CsvSource({"TLSv1.3, ec", "TLSv1.3, rsa", "TLSv1.3, ed25519", "TLSv1.2, ec", "TLSv1.2, rsa"})
    void aClientShowsItsCertificate(String protocol, String party) {
        store(party);
        try (var target = TlsTarget.demanding(protocol)) {
            var execution = ended(submittedId(withCertificate(target)));

            assertThat(execution.get("state").textValue())
                    .as(execution.toString())
                    .isEqualTo("SUCCEEDED");
            assertThat(target.calls())
                    .extracting(TlsTarget.Call::client)
                    .containsExactly("CN=" + party);
        }
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.3", "TLSv1.2"})
    void withoutACertificateThereIsNoAnswer(String protocol) {
        store(EC);
        try (var target = TlsTarget.demanding(protocol)) {
            var execution = ended(submittedId(withCa(target)));

            assertThat(execution.at("/error/code").textValue()).isIn("HTTP_TLS", "HTTP_IO");
            if (execution.at("/error/code").textValue().equals("HTTP_TLS")) {
                assertThat(execution.at("/error/message").textValue())
                        .containsAnyOf("demands a certificate", "or demands one");
            }
            assertThat(target.calls()).isEmpty();
        }
    }

    @Test
    void aCertificateOfAnotherCaIsRefused() {
        store(STRANGER);
        try (var target = TlsTarget.demanding("TLSv1.2")) {
            var execution = ended(submittedId(withCertificate(target)));

            assertThat(execution.at("/error/code").textValue()).isEqualTo("HTTP_TLS");
            assertThat(execution.at("/error/message").textValue())
                    .containsAnyOf("refused the caller's certificate", "or refuses it");
            assertThat(target.calls()).isEmpty();
        }
    }

    @Test
    void aCaIsTrustedByTheJobThatNamesItAlone() {
        store(EC);
        try (var target = TlsTarget.asking()) {
            var trusting = ended(submittedId(withCa(target)));
            var other = ended(submittedId(aCall(target)));

            assertThat(trusting.get("state").textValue()).isEqualTo("SUCCEEDED");
            assertThat(other.at("/error/code").textValue()).isEqualTo("HTTP_TLS");
            assertThat(other.at("/error/message").textValue())
                    .contains("its certificate is of no CA that is trusted here");
            assertThat(target.calls()).extracting(TlsTarget.Call::client).containsExactly("");
        }
    }

    @Test
    void aRedirectOfTheSameHostIsFollowedWithTheCertificate() {
        store(EC);
        try (var target = TlsTarget.demanding("TLSv1.3")) {
            target.redirectsTo("/end");
            var call = withCertificate(target);
            configOf(call).put("followRedirects", 1);

            ended(submittedId(call));

            assertThat(target.calls())
                    .extracting(TlsTarget.Call::client)
                    .containsExactly("CN=ec", "CN=ec");
        }
    }

    /** The other host's certificate is of the same CA, which is for the first host only. */
    @Test
    void aRedirectToAnotherHostHasNeitherTheCertificateNorTheCa() {
        store(EC);
        try (var target = TlsTarget.demanding("TLSv1.3");
                var other = TlsTarget.asking()) {
            target.redirectsTo(other.url("/end"));
            var call = withCertificate(target);
            configOf(call).put("followRedirects", 1);

            var execution = ended(submittedId(call));

            assertThat(execution.at("/error/code").textValue()).isEqualTo("HTTP_TLS");
            assertThat(execution.at("/error/message").textValue())
                    .contains("no CA that is trusted here");
            assertThat(target.calls()).hasSize(1);
            assertThat(other.calls()).isEmpty();
        }
    }

    @Test
    void whatCannotBeUsedFailsForGoodWithoutACallAndWithoutRepeatingIt() {
        store(EC);
        String key = TestCertificates.pem("EC PRIVATE KEY", "s3cret s3cret".getBytes(UTF_8));
        put("key", key);
        try (var target = TlsTarget.asking()) {
            var call = withCertificate(target).put("delivery", "AT_MOST_ONCE");
            call.putObject("retry").put("maxAttempts", 3).put("delay", "PT0.01S");

            var execution = ended(submittedId(call));

            assertThat(execution.at("/error/code").textValue()).isEqualTo("TLS_CONFIG_INVALID");
            assertThat(execution.at("/error/message").textValue())
                    .isEqualTo(
                            "config.tls.key is in the form of SEC 1; convert it to PKCS#8:"
                                    + " openssl pkcs8 -topk8 -nodes -in key.pem");
            assertThat(execution.get("attempt").intValue()).isEqualTo(1);
            assertThat(target.calls()).isEmpty();
        }
    }

    /** A message that ended in what a secret begins with would be masked there. */
    @Test
    void whatIsMissingInOneSecretIsSaidThoughOthersAreMasked() {
        store(EC);
        put("certificate", "-----BEGIN NOTHING");
        try (var target = TlsTarget.asking()) {
            var execution = ended(submittedId(withCertificate(target)));

            assertThat(execution.at("/error/message").textValue())
                    .isEqualTo("config.tls.certificate has a block of PEM without its end");

            put("certificate", "no PEM at all");
            var other = ended(submittedId(withCertificate(target)));

            assertThat(other.at("/error/message").textValue())
                    .isEqualTo(
                            "config.tls.certificate has no certificate in PEM (-----BEGIN CERTIFICATE-----)");
        }
    }

    @Test
    void aUrlThatTurnsOutToBeHttpIsNotCalled() {
        store(EC);
        try (var target = HttpTarget.start()) {
            put("url", target.url("/"));
            var call = aCallOf("{{secret.%s-url}}".formatted(secret));
            configOf(call).putObject("tls").put("ca", placeholder("ca"));

            var execution = ended(submittedId(call));

            assertThat(execution.at("/error/code").textValue()).isEqualTo("TLS_CONFIG_INVALID");
            assertThat(execution.at("/error/message").textValue())
                    .isEqualTo("config.tls needs a URL that begins with https");
            assertThat(target.calls()).isEmpty();
        }
    }

    @Test
    void theKeyIsNowhereButInItsSecret() {
        store(RSA);
        String line = keyOf(RSA).lines().skip(3).findFirst().orElseThrow();
        try (var target = TlsTarget.demanding("TLSv1.3")) {
            var job = aJob().put("type", "http");
            job.set("config", withCertificate(target).get("config"));
            String id = createdId(job);
            var execution = ended(triggered(id, "{}").get("id").textValue());

            assertThat(execution.get("state").textValue()).isEqualTo("SUCCEEDED");
            assertThat(tree(get(JOBS + "/{id}", id), 200).at("/config/tls"))
                    .isEqualTo(configOf(job).get("tls"));
            assertThat(execution.toString()).doesNotContain(line);
            assertThat(Database.tables())
                    .allSatisfy(table -> assertThat(Database.dumpOf(table)).doesNotContain(line));
        }
    }

    @Test
    void certificatesMayBeInClearAndTheKeyMayNot() {
        store(EC);
        try (var target = TlsTarget.demanding("TLSv1.3")) {
            var call = withCertificate(target);
            tlsOf(call).put("ca", certificateOf(CA)).put("certificate", certificateOf(EC));
            assertThat(ended(submittedId(call)).get("state").textValue()).isEqualTo("SUCCEEDED");

            tlsOf(call).put("key", keyOf(EC));
            var refused = tree(body(call).post(EXECUTIONS), 400);
            assertThat(refused.at("/violations/0/field").textValue()).isEqualTo("config.tls.key");
            assertThat(refused.toString())
                    .contains("expected one secret")
                    .doesNotContain("BEGIN", keyOf(EC).lines().toList().get(1));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {}                                        | config.tls             | expected ca, or certificate and key, or all three
                    {"certificate": "@"}                      | config.tls.key         | is missing; a certificate is of no use without it
                    {"key": "@"}                              | config.tls.certificate | is missing; key belongs to a certificate
                    {"certificate": "@", "key": "half @"}     | config.tls.key         | expected one secret, such as {{secret.shop}}
                    {"ca": "in clear"}                        | config.tls.ca          | has no certificate in PEM (-----BEGIN CERTIFICATE-----)
                    {"ca": "@ -----BEGIN PRIVATE KEY-----"}   | config.tls.ca          | has a private key; it belongs into a secret, and its placeholder into tls.key
                    {"ca": "-----BEGIN PUBLIC KEY-----\\n-----END PUBLIC KEY-----"} | config.tls.ca | has something else than certificates in PEM (-----BEGIN CERTIFICATE-----)
                    """)
    void whatIsWrongIsNamedWhenItIsSaved(String tls, String field, String message) {
        store(EC);
        var call = aCallOf("https://shop.invalid/");
        configOf(call).set("tls", json(tls.replace("@", placeholder("key"))));

        var problem = tree(body(call).post(EXECUTIONS), 400);

        assertThat(problem.get("violations")).hasSize(1);
        assertThat(problem.at("/violations/0/field").textValue()).isEqualTo(field);
        assertThat(problem.at("/violations/0/message").textValue()).isEqualTo(message);
    }

    @Test
    void withoutHttpsItIsRefused() {
        store(EC);
        var call = aCallOf("http://shop.invalid/");
        configOf(call).putObject("tls").put("ca", placeholder("ca"));

        var problem = tree(body(call).post(EXECUTIONS), 400);

        assertThat(problem.at("/violations/0/field").textValue()).isEqualTo("config.tls");
        assertThat(problem.at("/violations/0/message").textValue())
                .isEqualTo("needs a URL that begins with https");
    }

    private static ObjectNode aCall(TlsTarget target) {
        var call = aCallOf(target.url("/"));
        call.putObject("retry").put("maxAttempts", 1);
        return call;
    }

    private ObjectNode withCa(TlsTarget target) {
        var call = aCall(target);
        configOf(call).putObject("tls").put("ca", placeholder("ca"));
        return call;
    }

    private ObjectNode withCertificate(TlsTarget target) {
        var call = withCa(target);
        tlsOf(call).put("certificate", placeholder("certificate")).put("key", placeholder("key"));
        return call;
    }

    private static ObjectNode configOf(ObjectNode call) {
        return (ObjectNode) call.get("config");
    }

    private static ObjectNode tlsOf(ObjectNode call) {
        return (ObjectNode) call.at("/config/tls");
    }

    private String placeholder(String name) {
        return "{{secret.%s-%s}}".formatted(secret, name);
    }

    private void store(String party) {
        put("ca", certificateOf(CA));
        put("certificate", certificateOf(party));
        put("key", keyOf(party));
    }

    private void put(String name, String text) {
        JsonNode value = object().put("value", text);
        assertThat(body(value).put("/api/v1/secrets/{name}", secret + "-" + name).statusCode())
                .isIn(200, 201);
    }
}
