package io.carillon.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashSet;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class UuidV7Test {
    private static final long LAST = (1L << 48) - 1;

    @Property
    void anIdHasItsVersionItsVariantAndItsInstant(@ForAll @LongRange(max = LAST) long epochMillis) {
        var id = UuidV7.at(epochMillis);

        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(UuidV7.epochMillis(id)).isEqualTo(epochMillis);
    }

    @Property
    void laterIdsAreGreaterAsText(@ForAll @LongRange(max = LAST - 1) long epochMillis) {
        assertThat(UuidV7.at(epochMillis).toString())
                .isLessThan(UuidV7.at(epochMillis + 1).toString());
    }

    @Test
    void idsOfOneInstantDiffer() {
        var ids = new HashSet<UUID>();
        for (int index = 0; index < 10_000; index++) {
            ids.add(UuidV7.at(Instant.EPOCH));
        }

        assertThat(ids).hasSize(10_000);
    }
}
