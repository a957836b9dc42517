package io.carillon.handler.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Makes the TLS of calls from the texts of a config, and keeps the last ones in the memory of this
 * replica: reading a key and checking that it belongs to its certificate takes longer than a call.
 */
@ApplicationScoped
class TlsContexts {
    private static final int MOST_KEPT = 200;

    private final Cache<String, SSLSocketFactory> kept =
            Caffeine.newBuilder().maximumSize(MOST_KEPT).build();

    /**
     * Returns the TLS of calls to a target.
     *
     * @throws IllegalArgumentException if it cannot be used; the message names the field, and
     *     repeats nothing of it
     */
    Call.Tls of(HttpTls tls, CallTarget target) {
        for (var violation : tls.violationsOfUse(target)) {
            throw new IllegalArgumentException(
                    "config." + violation.field() + " " + violation.message());
        }
        String digest = digestOf(tls);
        return new Call.Tls(digest, kept.get(digest, absent -> made(tls)));
    }

    private static SSLSocketFactory made(HttpTls tls) {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(presented(tls), trusted(tls), null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException | IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Null for whom the JDK trusts. */
    private static TrustManager @Nullable [] trusted(HttpTls tls)
            throws GeneralSecurityException, IOException {
        if (!(tls.ca() instanceof String ca)) {
            return null;
        }
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (var certificate : read(HttpTls.CA, () -> Pem.certificates(ca))) {
            store.setCertificateEntry(Integer.toString(store.size()), certificate);
        }
        var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(store);
        return managers.getTrustManagers();
    }

    /** Null for no certificate. */
    private static KeyManager @Nullable [] presented(HttpTls tls) {
        if (!(tls.certificate() instanceof String certificate)
                || !(tls.key() instanceof String key)) {
            return null;
        }
        var chain = read(HttpTls.CERTIFICATE, () -> Pem.certificates(certificate));
        var ours =
                read(
                        HttpTls.KEY,
                        () -> {
                            var found = Pem.privateKey(key);
                            Pem.requirePair(found, chain.getFirst());
                            return found;
                        });
        return new KeyManager[] {new OneCertificate(chain, ours)};
    }

    private static <T> T read(String field, Supplier<T> reader) {
        try {
            return reader.get();
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException("config." + field + " " + wrong.getMessage(), wrong);
        }
    }

    /** With the length of each text, so that no two configs have the same digest. */
    private static String digestOf(HttpTls tls) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (String text : Arrays.asList(tls.ca(), tls.certificate(), tls.key())) {
                byte[] bytes = text == null ? new byte[0] : text.getBytes(UTF_8);
                digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
                digest.update(bytes);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    /**
     * Presents its certificate to every server that asks for one of its algorithm. The JDK's own
     * does so only if the server names one of the issuers, and otherwise it says nothing of it.
     */
    private static final class OneCertificate extends X509ExtendedKeyManager {
        private static final String ALIAS = "client";

        private final List<X509Certificate> chain;
        private final PrivateKey key;

        OneCertificate(List<X509Certificate> chain, PrivateKey key) {
            this.chain = chain;
            this.key = key;
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] algorithms, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return Arrays.asList(algorithms).contains(key.getAlgorithm()) ? ALIAS : null;
        }

        @Override
        public String[] getClientAliases(String algorithm, Principal @Nullable [] issuers) {
            return algorithm.equals(key.getAlgorithm()) ? new String[] {ALIAS} : new String[0];
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return chain.toArray(X509Certificate[]::new);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return key;
        }

        @Override
        public @Nullable String chooseServerAlias(
                String algorithm, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }

        @Override
        public String[] getServerAliases(String algorithm, Principal @Nullable [] issuers) {
            return new String[0];
        }
    }
}
