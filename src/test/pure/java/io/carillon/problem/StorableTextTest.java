package io.carillon.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
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

    @Property
    void whatIsStorableSurvivesUtf8(@ForAll String text) {
        String back = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);

        assertThat(StorableText.fault(text) == null)
                .isEqualTo(back.equals(text) && text.indexOf('\0') < 0);
    }
}
