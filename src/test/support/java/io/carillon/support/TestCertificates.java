package io.carillon.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * A CA of our own, a server and clients with its certificates, and a stranger who has signed his
 * own. Made once in a process, by keytool.
 */
public final class TestCertificates {
    public static final String CA = "ca";
    public static final String EC = "ec";
    public static final String RSA = "rsa";
    public static final String ED25519 = "ed25519";
    public static final String STRANGER = "stranger";

    private static final String SERVER = "server";
    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final KeyStore KEYS = made();

    private TestCertificates() {}

    /** The certificate of a party and those above it, but the CA's. */
    public static String certificateOf(String party) {
        try {
            return Stream.of(KEYS.getCertificateChain(party))
                    .limit(1)
                    .map(TestCertificates::pem)
                    .collect(Collectors.joining());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    public static String keyOf(String party) {
        try {
            return pem("PRIVATE KEY", KEYS.getKey(party, PASSWORD).getEncoded());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** As a server of ours that knows our CA. */
    static SSLContext ofServer() throws GeneralSecurityException, IOException {
        var own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry(
                SERVER, KEYS.getKey(SERVER, PASSWORD), PASSWORD, KEYS.getCertificateChain(SERVER));
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(own, PASSWORD);
        var trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(CA, KEYS.getCertificate(CA));
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        var context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /** Of a client who trusts our CA, and nobody else. */
    public static SSLSocketFactory trustingOurCa() {
        try {
            return ofServer().getSocketFactory();
        } catch (GeneralSecurityException | IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** A name as a certificate has it: {@code CN=ec}. */
    static String nameIn(Certificate certificate) {
        return ((X509Certificate) certificate).getSubjectX500Principal().getName();
    }

    private static String pem(Certificate certificate) {
        try {
            return pem("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    public static String pem(String label, byte[] content) {
        return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
                .formatted(
                        label,
                        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content));
    }

    private static KeyStore made() {
        try {
            var folder = Files.createTempDirectory("certificates");
            var file = folder.resolve("keys.p12");
            keytool(file, CA, "EC", "-ext", "bc:c");
            var names = new String[] {"-ext", "san=dns:localhost,ip:127.0.0.1", "-signer", CA};
            keytool(file, SERVER, "EC", names);
            keytool(file, EC, "EC", "-signer", CA);
            keytool(file, RSA, "RSA", "-signer", CA);
            keytool(file, ED25519, "Ed25519", "-signer", CA);
            keytool(file, STRANGER, "EC");
            var keys = KeyStore.getInstance("PKCS12");
            try (var stored = Files.newInputStream(file)) {
                keys.load(stored, PASSWORD);
            }
            Files.delete(file);
            Files.delete(folder);
            return keys;
        } catch (IOException | GeneralSecurityException | InterruptedException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static void keytool(Path file, String alias, String algorithm, String... more)
            throws IOException, InterruptedException {
        var command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                alias,
                                "-keyalg",
                                algorithm,
                                "-dname",
                                "CN=" + alias,
                                "-keystore",
                                file.toString(),
                                "-storepass",
                                new String(PASSWORD)));
        command.addAll(Arrays.asList(more));
        int made =
                new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
        if (made != 0) {
            throw new IllegalStateException("keytool ended with " + made);
        }
    }
}
