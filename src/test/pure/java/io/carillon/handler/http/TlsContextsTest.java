package io.carillon.handler.http;

import static io.carillon.support.TestCertificates.CA;
import static io.carillon.support.TestCertificates.EC;
import static io.carillon.support.TestCertificates.ED25519;
import static io.carillon.support.TestCertificates.RSA;
import static io.carillon.support.TestCertificates.STRANGER;
import static io.carillon.support.TestCertificates.certificateOf;
import static io.carillon.support.TestCertificates.keyOf;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carillon.support.TestCertificates;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which texts are certificates and keys, and what is said of others. */
class TlsContextsTest {
    private static final CallTarget TARGET = CallTarget.of("https://shop.example/");

    private final TlsContexts contexts = new TlsContexts();

    @ParameterizedTest
    @ValueSource(strings = {EC, RSA, ED25519, STRANGER})
    void aKeyOfEachAlgorithmIsRead(String party) {
        assertThat(of(null, certificateOf(party), keyOf(party)).digest()).hasSize(64);
    }

    @Test
    void otherTextsHaveAnotherDigestAndTheSameTextsTheSameContext() {
        var ca = of(certificateOf(CA), null, null);
        var same = of(certificateOf(CA), null, null);
        var both = of(certificateOf(CA), certificateOf(EC), keyOf(EC));
        var client = of(null, certificateOf(EC), keyOf(EC));
        var more = of(certificateOf(CA) + certificateOf(STRANGER), null, null);

        assertThat(same.digest()).isEqualTo(ca.digest());
        assertThat(same.sockets()).isSameAs(ca.sockets());
        assertThat(ca.digest()).isNotIn(both.digest(), client.digest(), more.digest());
        assertThat(both.digest()).isNotEqualTo(client.digest());
    }

    @Test
    void whatToolsWriteAroundTheBlocksIsNoMatter() {
        String windows = ("Bag Attributes\n" + certificateOf(EC)).replace("\n", "\r\n");

        assertThat(of(windows, windows, "friendly name\n" + keyOf(EC)).digest()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    RSA PRIVATE KEY       | config.tls.key is in PKCS#1; convert it to PKCS#8: openssl pkcs8 -topk8 -nodes -in key.pem
                    EC PRIVATE KEY        | config.tls.key is in the form of SEC 1; convert it to PKCS#8: openssl pkcs8 -topk8 -nodes -in key.pem
                    ENCRYPTED PRIVATE KEY | config.tls.key is encrypted; store it without a passphrase, which the secret's encryption replaces: openssl pkcs8 -topk8 -nodes -in key.pem
                    DSA PRIVATE KEY       | config.tls.key is in no known form; convert it to PKCS#8: openssl pkcs8 -topk8 -nodes -in key.pem
                    PRIVATE KEY           | config.tls.key is no key of RSA, EC or Ed25519 that can be read
                    PUBLIC KEY            | config.tls.key has no private key in PEM (-----BEGIN PRIVATE KEY-----)
                    """)
    void aKeyInAnotherFormIsExplained(String label, String message) {
        String key = TestCertificates.pem(label, "s3cret".getBytes(UTF_8));

        assertThatThrownBy(() -> of(null, certificateOf(EC), key)).hasMessage(message);
    }

    @Test
    void whatIsWrongIsSaidWithoutRepeatingIt() {
        assertThatThrownBy(() -> of(null, certificateOf(EC), keyOf(RSA)))
                .hasMessage(
                        "config.tls.key does not belong to the first certificate of tls.certificate");
        assertThatThrownBy(() -> of(null, certificateOf(EC), keyOf(STRANGER)))
                .hasMessage(
                        "config.tls.key does not belong to the first certificate of tls.certificate");
        assertThatThrownBy(() -> of(null, certificateOf(EC), keyOf(EC) + keyOf(EC)))
                .hasMessage("config.tls.key has several private keys; expected one");
        assertThatThrownBy(() -> of("s3cret", null, null))
                .hasMessage(
                        "config.tls.ca has no certificate in PEM (-----BEGIN CERTIFICATE-----)");
        assertThatThrownBy(() -> of("-----BEGIN CERTIFICATE-----\ns3cret", null, null))
                .hasMessage("config.tls.ca has a block of PEM without its end");
        assertThatThrownBy(
                        () ->
                                of(
                                        "-----BEGIN CERTIFICATE-----\n*s3cret*\n-----END CERTIFICATE-----",
                                        null,
                                        null))
                .hasMessage("config.tls.ca has a block of PEM that is not base64");
        assertThatThrownBy(
                        () ->
                                of(
                                        TestCertificates.pem(
                                                "CERTIFICATE", "s3cret".getBytes(UTF_8)),
                                        null,
                                        null))
                .hasMessage("config.tls.ca has a certificate that cannot be read");
        assertThatThrownBy(() -> of(null, certificateOf(EC) + keyOf(EC), keyOf(EC)))
                .hasMessage(
                        "config.tls.certificate has a private key; it belongs into a secret, and its placeholder into tls.key");
        assertThatThrownBy(() -> of(null, null, keyOf(EC)))
                .hasMessage("config.tls.certificate is missing; key belongs to a certificate");
    }

    @Test
    void itsTextIsNotInWhatIsLogged() {
        assertThat(new HttpTls(null, certificateOf(EC), keyOf(EC)).toString()).isEqualTo("HttpTls");
    }

    private Call.Tls of(@Nullable String ca, @Nullable String certificate, @Nullable String key) {
        return contexts.of(new HttpTls(ca, certificate, key), TARGET);
    }
}
