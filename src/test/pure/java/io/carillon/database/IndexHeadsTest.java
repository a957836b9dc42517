package io.carillon.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IndexHeadsTest {
    private static final Duration QUICK = Duration.ofMillis(4);
    private static final Duration LONG = Duration.ofMillis(200);

    private final IndexHeads<String> heads = new IndexHeads<>();
    private long nowNanos;

    @Test
    void asLongAsLooksAreQuickEachIsAtTheWhole() {
        look(QUICK, 0, Map.of("default", 5_000L));
        assertThat(from()).isEmpty();

        look(Duration.ofMillis(14), 500, Map.of("default", 6_000L));
        assertThat(from()).as("500 found in 14 ms is quick").isEmpty();
    }

    @Test
    void oneLongLookMayBeChance() {
        look(LONG, 2_500, Map.of("default", 5_000L));
        assertThat(from()).isEmpty();

        look(QUICK, 10, Map.of("default", 5_000L));
        look(LONG, 2_500, Map.of("default", 5_000L));
        assertThat(from()).isEmpty();
    }

    @Test
    void aBusyMachineMakesLooksLongWithoutDeadEntries() {
        for (int look = 0; look < 100; look++) {
            look(LONG, 49, Map.of("default", 5_000L));
        }

        assertThat(from()).isEmpty();
    }

    @Test
    void afterTwoLongLooksTheyBeginWhereTheLastOneEnded() {
        look(LONG, 2_500, Map.of("default", 5_000L));
        look(LONG, 2_500, Map.of("default", 6_000L, "mail", 1_000L));
        assertThat(from()).isEqualTo(Map.of("default", 5_750L, "mail", 750L));

        look(QUICK, 10, Map.of("default", 7_000L));
        assertThat(from()).isEqualTo(Map.of("default", 6_750L, "mail", 750L));
    }

    @Test
    void theWholeIsLookedAtAgainForAShareOfTheTime() {
        look(LONG, 2_500, Map.of("default", 5_000L));
        look(LONG, 2_500, Map.of("default", 5_000L));
        nowNanos += LONG.multipliedBy(IndexHeads.REST).toNanos() - 1;
        assertThat(from()).isNotEmpty();

        nowNanos += 1;
        assertThat(from()).isEmpty();

        look(LONG, 2_500, Map.of("default", 5_000L));
        assertThat(from()).as("still long").isNotEmpty();
    }

    @Test
    void onceTheWholeIsQuickAgainNothingIsPassedOver() {
        look(LONG, 2_500, Map.of("default", 5_000L));
        look(LONG, 2_500, Map.of("default", 5_000L));
        nowNanos += LONG.multipliedBy(IndexHeads.REST).toNanos();

        look(QUICK, 10, Map.of("default", 5_000L));

        assertThat(from()).isEmpty();
    }

    @Test
    void whatIsSeenBeforeTheHeadIsWhereTheNextLookBegins() {
        look(LONG, 2_500, Map.of("default", 5_000L));
        look(LONG, 2_500, Map.of("default", 5_000L));

        heads.seen("default", 9_000);
        assertThat(from()).isEqualTo(Map.of("default", 4_750L));

        heads.seen("default", 3_000);
        assertThat(from()).isEqualTo(Map.of("default", 3_000L));
    }

    private Map<String, Long> from() {
        return heads.from(nowNanos);
    }

    private void look(Duration took, int found, Map<String, Long> lastClaimed) {
        heads.looked(from().isEmpty(), took, found, lastClaimed, nowNanos);
    }
}
