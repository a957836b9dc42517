package io.carillon.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.support.Generate;
import io.carillon.support.Seeded;
import java.time.Instant;
import java.util.HashSet;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class UuidV7Test {
    private static final long LAST = (1L << 48) - 1;

    @Seeded
    void anIdHasItsVersionItsVariantAndItsInstant(long seed) {
        long epochMillis = Generate.between(new Random(seed), 0, LAST);

        var id = UuidV7.at(epochMillis);

        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(UuidV7.epochMillis(id)).isEqualTo(epochMillis);
    }

    @Seeded
    void laterIdsAreGreaterAsText(long seed) {
        long epochMillis = Generate.between(new Random(seed), 0, LAST - 1);

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
