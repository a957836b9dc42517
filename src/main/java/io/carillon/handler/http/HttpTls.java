package io.carillon.handler.http;

import io.carillon.placeholder.Placeholders;
import io.carillon.problem.Problem.Violation;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Size;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Whom a call trusts, and by which certificate it shows who it is from.
 *
 * @param ca null: whom the JDK trusts
 * @param certificate null for none; the client's own comes first
 * @param key present if there is a certificate
 */
@RegisterForReflection
@Schema(
        name = "HttpTls",
        description = "ca, or certificate and key, or all three; with an https URL",
        examples =
                "{\"ca\": \"{{secret.shop-ca}}\", \"certificate\": \"{{secret.shop-certificate}}\", \"key\": \"{{secret.shop-key}}\"}")
record HttpTls(
        @Size(min = 1, max = MAX_LENGTH)
                @Schema(
                        description = "Certificates in PEM to trust, instead of the JDK's",
                        examples = "{{secret.shop-ca}}")
                @Nullable String ca,
        @Size(min = 1, max = MAX_LENGTH)
                @Schema(
                        description =
                                "The client's certificate in PEM, and those between it and its CA",
                        examples = "{{secret.shop-certificate}}")
                @Nullable String certificate,
        @Size(min = 1, max = MAX_LENGTH)
                @Schema(
                        description =
                                "Its private key in PEM, PKCS#8 (RSA, EC or Ed25519); as the placeholder of a secret only",
                        examples = "{{secret.shop-key}}")
                @Nullable String key) {
    /** As long as a secret can be. */
    private static final int MAX_LENGTH = 65_536;

    static final String CA = "tls.ca";
    static final String CERTIFICATE = "tls.certificate";
    static final String KEY = "tls.key";

    /** Returns what is wrong with it when it is saved: texts with placeholders are read later. */
    List<Violation> violations(CallTarget target) {
        var violations = new ArrayList<>(violationsOfUse(target));
        checkCertificates(CA, ca, violations);
        checkCertificates(CERTIFICATE, certificate, violations);
        if (key != null) {
            HttpAuthentication.checkSecret(KEY, key, violations);
        }
        return violations;
    }

    /** Returns what is wrong whatever the texts say. */
    List<Violation> violationsOfUse(CallTarget target) {
        var violations = new ArrayList<Violation>();
        if (!target.isSecure()) {
            violations.add(new Violation("tls", "needs a URL that begins with https"));
        }
        if (ca == null && certificate == null && key == null) {
            violations.add(
                    new Violation("tls", "expected ca, or certificate and key, or all three"));
        }
        if (certificate == null && key != null) {
            violations.add(new Violation(CERTIFICATE, "is missing; key belongs to a certificate"));
        }
        if (certificate != null && key == null) {
            violations.add(new Violation(KEY, "is missing; a certificate is of no use without it"));
        }
        return violations;
    }

    private static void checkCertificates(
            String field, @Nullable String text, List<Violation> violations) {
        if (text == null) {
            return;
        }
        try {
            Pem.requireNoKey(text);
            if (!text.contains(Placeholders.SAMPLE_SECRET)) {
                Pem.certificates(text);
            }
        } catch (IllegalArgumentException wrong) {
            violations.add(new Violation(field, String.valueOf(wrong.getMessage())));
        }
    }

    /** Returns nothing of the texts: one of them is a secret. */
    @Override
    public String toString() {
        return "HttpTls";
    }
}
