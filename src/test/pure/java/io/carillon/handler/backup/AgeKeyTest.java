package io.carillon.handler.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.exceptionfactory.jagged.x25519.X25519KeyPairGenerator;
import io.carillon.support.Shell;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is encrypted is opened by its key, whole and unchanged, or not at all. */
class AgeKeyTest {
    private static final int CHUNK = (1 << 16) + 16;
    private static final byte[] CONTENT = new byte[200_000];

    static {
        new Random(1).nextBytes(CONTENT);
    }

    private final AgeKey key = aKey();

    private static AgeKey aKey() {
        try {
            var made = new X25519KeyPairGenerator().generateKeyPair();
            var key =
                    AgeKey.of(
                            new String(made.getPrivate().getEncoded(), StandardCharsets.US_ASCII));
            assertThat(key.recipient())
                    .isEqualTo(
                            new String(made.getPublic().getEncoded(), StandardCharsets.US_ASCII));
            return key;
        } catch (java.security.NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private byte[] encrypted() throws IOException {
        var out = new ByteArrayOutputStream();
        try (var encrypting = key.encrypting(out)) {
            encrypting.write(CONTENT);
        }
        return out.toByteArray();
    }

    private static byte[] decrypted(AgeKey key, byte[] encrypted) throws IOException {
        return key.decrypting(new ByteArrayInputStream(encrypted)).readAllBytes();
    }

    @Test
    void isOpenedByItsKeyAlone() throws IOException {
        byte[] encrypted = encrypted();

        assertThat(decrypted(key, encrypted)).isEqualTo(CONTENT);
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> decrypted(aKey(), encrypted));
    }

    @Test
    void noChunkCanBeCutChangedOrMoved() throws IOException {
        byte[] whole = encrypted();
        int last = CONTENT.length % (1 << 16) + 16;
        byte[] changed = whole.clone();
        changed[whole.length - last - CHUNK / 2] ^= 1;
        byte[] moved = whole.clone();
        int second = whole.length - last - CHUNK;
        System.arraycopy(whole, second - CHUNK, moved, second, CHUNK);
        System.arraycopy(whole, second, moved, second - CHUNK, CHUNK);

        for (byte[] wrong :
                new byte[][] {
                    Arrays.copyOf(whole, whole.length - last),
                    Arrays.copyOf(whole, whole.length - 1),
                    Arrays.copyOf(whole, whole.length + 1),
                    changed,
                    moved
                }) {
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> decrypted(key, wrong));
        }
    }

    @Test
    void isTheFormatOfAge(@TempDir Path folder) throws Exception {
        assumeTrue(Shell.has("age"), "age is not on the PATH");
        Files.write(folder.resolve("encrypted"), encrypted());
        Files.writeString(folder.resolve("key"), key.identity());
        Files.write(folder.resolve("content"), CONTENT);

        Shell.run(
                folder,
                Map.of(),
                "age --decrypt --identity key --output opened encrypted && age --encrypt --recipient "
                        + key.recipient()
                        + " --output theirs content");

        assertThat(folder.resolve("opened")).hasBinaryContent(CONTENT);
        assertThat(decrypted(key, Files.readAllBytes(folder.resolve("theirs")))).isEqualTo(CONTENT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hunter2",
                "AGE-SECRET-KEY-1",
                "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj",
                "AGE-SECRET-KEY-1GQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ"
            })
    void whatIsNoKeyIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> AgeKey.of(text));
    }

    @Test
    void itsTextHidesIt() {
        assertThat(key.toString()).startsWith("age1").doesNotContain("SECRET");
    }
}
