package io.carillon.handler.backup;

import com.exceptionfactory.jagged.bech32.Bech32;
import com.exceptionfactory.jagged.framework.stream.StandardDecryptingChannelFactory;
import com.exceptionfactory.jagged.framework.stream.StandardEncryptingChannelFactory;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaReaderFactory;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaWriterFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.channels.Channels;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.util.List;
import javax.crypto.KeyAgreement;

/**
 * A key of age, an X25519 identity, which encrypts and decrypts in age's format, version 1
 * (age-encryption.org): chunks of 64 KiB under ChaCha20-Poly1305, each with its number and whether
 * it is the last, so that nothing can be cut, changed or moved unnoticed.
 *
 * @param identity as {@code age-keygen} writes it: {@code AGE-SECRET-KEY-1…}
 * @param recipient its public key: {@code age1…}
 */
record AgeKey(String identity, String recipient) {
    private static final BigInteger BASE_POINT = BigInteger.valueOf(9);

    /**
     * @throws IllegalArgumentException if it is not a key of age
     */
    static AgeKey of(String identity) {
        try {
            var decoded = Bech32.getDecoder().decode(identity.strip());
            if (!"AGE-SECRET-KEY-".contentEquals(decoded.getHumanReadablePart())) {
                throw new IllegalArgumentException("not a secret key of age");
            }
            byte[] point = publicKey(decoded.getData());
            String recipient = Bech32.getEncoder().encode("age", point).toString();
            return new AgeKey(identity.strip(), recipient);
        } catch (GeneralSecurityException invalid) {
            throw new IllegalArgumentException("not a key of X25519", invalid);
        }
    }

    private static byte[] publicKey(byte[] secretKey) throws GeneralSecurityException {
        var curve = NamedParameterSpec.X25519;
        var keys = KeyFactory.getInstance("X25519");
        var agreement = KeyAgreement.getInstance("X25519");
        agreement.init(keys.generatePrivate(new XECPrivateKeySpec(curve, secretKey)));
        agreement.doPhase(keys.generatePublic(new XECPublicKeySpec(curve, BASE_POINT)), true);
        return agreement.generateSecret();
    }

    OutputStream encrypting(OutputStream out) throws IOException {
        try {
            var writer = X25519RecipientStanzaWriterFactory.newRecipientStanzaWriter(recipient);
            return Channels.newOutputStream(
                    new StandardEncryptingChannelFactory()
                            .newEncryptingChannel(Channels.newChannel(out), List.of(writer)));
        } catch (GeneralSecurityException failure) {
            throw new IOException("cannot be encrypted", failure);
        }
    }

    /**
     * @throws IOException also later, while it is read: if it was encrypted for another key, or is
     *     not what was encrypted
     */
    InputStream decrypting(InputStream in) throws IOException {
        try {
            var reader = X25519RecipientStanzaReaderFactory.newRecipientStanzaReader(identity);
            return Channels.newInputStream(
                    new StandardDecryptingChannelFactory()
                            .newDecryptingChannel(Channels.newChannel(in), List.of(reader)));
        } catch (GeneralSecurityException failure) {
            throw new IOException("cannot be decrypted", failure);
        }
    }

    /** Hides the identity. */
    @Override
    public String toString() {
        return recipient;
    }
}
