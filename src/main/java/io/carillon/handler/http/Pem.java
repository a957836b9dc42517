package io.carillon.handler.http;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Reads certificates and private keys in PEM (RFC 7468). Text around the blocks is allowed, since
 * tools write some. No message repeats anything of what is read, since it may be a key, or ends in
 * what a secret begins with, which would be masked.
 */
final class Pem {
    private static final String NO_CERTIFICATE =
            "has no certificate in PEM (-----BEGIN CERTIFICATE-----)";

    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";
    private static final String PRIVATE_KEY = "PRIVATE KEY";
    private static final String CONVERT = ": openssl pkcs8 -topk8 -nodes -in key.pem";

    private Pem() {}

    private record Block(String label, String base64) {
        byte[] content() {
            try {
                return Base64.getDecoder().decode(base64.replaceAll("\\s", ""));
            } catch (IllegalArgumentException wrong) {
                throw new IllegalArgumentException("has a block of PEM that is not base64");
            }
        }
    }

    /**
     * Refuses a private key where certificates are expected, since it would be stored and shown.
     *
     * @throws IllegalArgumentException if the text has one
     */
    static void requireNoKey(String text) {
        if (text.contains(PRIVATE_KEY + DASHES)) {
            throw new IllegalArgumentException(
                    "has a private key; it belongs into a secret, and its placeholder into tls.key");
        }
    }

    /**
     * Returns the certificates of a text, at least one.
     *
     * @throws IllegalArgumentException if there is none, or something else
     */
    static List<X509Certificate> certificates(String text) {
        requireNoKey(text);
        var certificates = new ArrayList<X509Certificate>();
        for (var block : blocks(text)) {
            if (!block.label.equals("CERTIFICATE")) {
                throw new IllegalArgumentException(
                        "has something else than certificates in PEM (-----BEGIN CERTIFICATE-----)");
            }
            certificates.add(certificate(block.content()));
        }
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException(NO_CERTIFICATE);
        }
        return certificates;
    }

    private static X509Certificate certificate(byte[] content) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(content));
        } catch (CertificateException unreadable) {
            throw new IllegalArgumentException("has a certificate that cannot be read");
        }
    }

    /**
     * Returns the private key of a text: RSA, EC, Ed25519 or Ed448.
     *
     * @throws IllegalArgumentException if there is none, or not in PKCS#8, or encrypted
     */
    static PrivateKey privateKey(String text) {
        var keys = blocks(text).stream().filter(each -> each.label.endsWith(PRIVATE_KEY)).toList();
        if (keys.size() != 1) {
            throw new IllegalArgumentException(
                    keys.isEmpty()
                            ? "has no private key in PEM (-----BEGIN PRIVATE KEY-----)"
                            : "has several private keys; expected one");
        }
        var key = keys.getFirst();
        return switch (key.label) {
            case PRIVATE_KEY -> pkcs8(key.content());
            case "ENCRYPTED PRIVATE KEY" ->
                    throw new IllegalArgumentException(
                            "is encrypted; store it without a passphrase, which the secret's encryption replaces"
                                    + CONVERT);
            case "RSA PRIVATE KEY" ->
                    throw new IllegalArgumentException(
                            "is in PKCS#1; convert it to PKCS#8" + CONVERT);
            case "EC PRIVATE KEY" ->
                    throw new IllegalArgumentException(
                            "is in the form of SEC 1; convert it to PKCS#8" + CONVERT);
            default ->
                    throw new IllegalArgumentException(
                            "is in no known form; convert it to PKCS#8" + CONVERT);
        };
    }

    private static PrivateKey pkcs8(byte[] content) {
        var spec = new PKCS8EncodedKeySpec(content);
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (InvalidKeySpecException other) {
                // Of another algorithm, or of none.
            } catch (GeneralSecurityException everyJdkHasThem) {
                throw new IllegalStateException(everyJdkHasThem);
            }
        }
        throw new IllegalArgumentException("is no key of RSA, EC or Ed25519 that can be read");
    }

    /**
     * Requires that a private key belongs to a certificate, by signing something.
     *
     * @throws IllegalArgumentException if it does not
     */
    static void requirePair(PrivateKey key, X509Certificate certificate) {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> "EdDSA";
                };
        byte[] something = "carillon".getBytes(StandardCharsets.UTF_8);
        boolean isPair = false;
        try {
            var signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(something);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(something);
            isPair = signature.verify(signed);
        } catch (GeneralSecurityException ofAnotherKind) {
            // Then it is none.
        }
        if (!isPair) {
            throw new IllegalArgumentException(
                    "does not belong to the first certificate of tls.certificate");
        }
    }

    /**
     * @throws IllegalArgumentException if a block does not end
     */
    private static List<Block> blocks(String text) {
        var blocks = new ArrayList<Block>();
        int at = text.indexOf(BEGIN);
        while (at >= 0) {
            int labelEnd = text.indexOf(DASHES, at + BEGIN.length());
            int end = labelEnd < 0 ? -1 : text.indexOf(END, labelEnd);
            if (end < 0) {
                throw new IllegalArgumentException("has a block of PEM without its end");
            }
            blocks.add(
                    new Block(
                            text.substring(at + BEGIN.length(), labelEnd),
                            text.substring(labelEnd + DASHES.length(), end)));
            at = text.indexOf(BEGIN, end);
        }
        return blocks;
    }
}
