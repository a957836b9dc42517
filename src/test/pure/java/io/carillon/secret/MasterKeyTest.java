package io.carillon.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a master key makes of a value, and reads back. */
class MasterKeyTest {
    private static final SecretName NAME = new SecretName("default", "token");

    private final MasterKey key = MasterKey.of(MasterKey.make());

    @Test
    void aValueIsReadBackAndStandsNowhereInWhatIsStored() {
        var sealed = key.seal(NAME, "hunter2-é");

        assertThat(key.open(NAME, sealed)).contains("hunter2-é");
        assertThat(new String(sealed.ciphertext(), StandardCharsets.ISO_8859_1))
                .doesNotContain("hunter2");
        assertThat(key.seal(NAME, "hunter2-é").ciphertext()).isNotEqualTo(sealed.ciphertext());
    }

    @Test
    void whatIsCopiedToAnotherNameOrChangedOrOfAnotherKeyIsNotReadBack() {
        var sealed = key.seal(NAME, "hunter2");
        byte[] changed = sealed.ciphertext().clone();
        changed[0] ^= 1;

        assertThat(key.open(new SecretName("default", "other"), sealed)).isEmpty();
        assertThat(key.open(new SecretName("other", "token"), sealed)).isEmpty();
        assertThat(key.open(NAME, new Sealed(key.id(), sealed.nonce(), changed))).isEmpty();
        assertThat(MasterKey.of(MasterKey.make()).open(NAME, sealed)).isEmpty();
    }

    @Test
    void anyOfSeveralReadsAndTheFirstWrites() {
        var newer = MasterKey.of(MasterKey.make());
        var keys = new MasterKeys(List.of(newer, key));

        assertThat(keys.open(NAME, key.seal(NAME, "hunter2"))).contains("hunter2");
        assertThat(keys.newest()).contains(newer);
        assertThat(new MasterKeys(List.of(newer)).open(NAME, key.seal(NAME, "hunter2"))).isEmpty();
    }

    @Test
    void aKeyIs32BytesAndItsIdIsItsOwn() {
        String text = MasterKey.make();

        assertThat(MasterKey.of(text + "\n").id())
                .isEqualTo(MasterKey.of(text).id())
                .matches("[0-9a-f]{16}")
                .isNotEqualTo(key.id());
        for (String wrong : List.of("", "short", "dG9vIHNob3J0", "not base64 at all!")) {
            assertThatThrownBy(() -> MasterKey.of(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("expected 32 bytes in base64");
        }
    }
}
