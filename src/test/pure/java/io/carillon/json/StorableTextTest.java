package io.carillon.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.support.Generate;
import io.carillon.support.Seeded;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StorableTextTest {

    @Test
    void pairsOfSurrogatesAreStorableAndHalvesAreNot() {
        assertThat(StorableText.fault("a🔔\u0001\uFFFF")).isNull();
        assertThat(StorableText.fault("")).isNull();
        assertThat(StorableText.fault("a\uD83D")).isNotNull();
        assertThat(StorableText.fault("\uDD14a")).isNotNull();
        assertThat(StorableText.fault("\uDD14\uD83D")).isNotNull();
        assertThat(StorableText.fault("a\0")).isNotNull();
    }

    @Seeded
    void whatIsStorableSurvivesUtf8(long seed) {
        String text = shorter(new Random(seed));
        String back = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);

        assertThat(StorableText.fault(text) == null)
                .isEqualTo(back.equals(text) && text.indexOf('\0') < 0);
    }

    /**
     * A few characters of any text: in a long one there is always something that is not storable.
     */
    private static String shorter(Random random) {
        String text = Generate.text(random);
        return text.substring(0, Math.min(text.length(), random.nextInt(6)));
    }
}
