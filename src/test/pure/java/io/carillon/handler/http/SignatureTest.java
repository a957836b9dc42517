package io.carillon.handler.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SignatureTest {
    private static final Instant AT = Instant.ofEpochSecond(1_731_705_121).plusMillis(999);
    private static final byte[] BODY = "{\"event_type\":\"ping\"}".getBytes(StandardCharsets.UTF_8);

    /** Computed by another implementation of HMAC. */
    @Test
    void itSignsIdTimeAndBody() {
        assertThat(
                        Signature.headers(
                                "whsec_plJ3nmyCDGBKInavdOK15jsl", "msg_loFOjxBNrRLzqYUf", AT, BODY))
                .containsEntry("webhook-id", "msg_loFOjxBNrRLzqYUf")
                .containsEntry("webhook-timestamp", "1731705121")
                .containsEntry(
                        "webhook-signature", "v1,iLrWodj6H2QrNRSvdASdRo1DzSXYKqa36og0kGXkcTs=");
    }

    @Test
    void itChangesWithEachOfThem() {
        String signature = of("secret", "a", AT, BODY);

        assertThat(of("secret", "a", AT, BODY)).isEqualTo(signature);
        assertThat(of("secreT", "a", AT, BODY)).isNotEqualTo(signature);
        assertThat(of("secret", "b", AT, BODY)).isNotEqualTo(signature);
        assertThat(of("secret", "a", AT.plusSeconds(1), BODY)).isNotEqualTo(signature);
        assertThat(of("secret", "a", AT, null)).isNotEqualTo(signature);
    }

    private static String of(String secret, String id, Instant at, byte @Nullable [] body) {
        return String.valueOf(Signature.headers(secret, id, at, body).get("webhook-signature"));
    }

    @Test
    void aMalformedSecretIsNotInTheMessage() {
        assertThatThrownBy(() -> Signature.headers("whsec_not base64!", "a", AT, BODY))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("not base64!");
    }
}
