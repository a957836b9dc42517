package io.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ZoneTimelineTest {

    @Test
    void theOffsetIsThatOfTheRulesInEveryZone() {
        Random random = new Random(7);
        for (String id : ZoneId.getAvailableZoneIds()) {
            ZoneId zone = ZoneId.of(id);
            ZoneTimeline timeline = ZoneTimeline.of(zone);
            for (int i = 0; i < 50; i++) {
                Instant instant = Instant.ofEpochSecond(random.nextLong(0, 7_289_654_400L));
                int stretch = timeline.stretchAt(instant.getEpochSecond());
                assertThat(timeline.offsetOf(stretch))
                        .as("%s at %s", zone, instant)
                        .isEqualTo(zone.getRules().getOffset(instant).getTotalSeconds());
            }
        }
    }

    /** What the walk of {@link CronSchedule} relies on. A tzdata that breaks it must be seen. */
    @Test
    void clocksNeverChangeAgainBeforeTheRepeatedTimesAreOver() {
        for (String id : ZoneId.getAvailableZoneIds()) {
            ZoneTimeline timeline = ZoneTimeline.of(ZoneId.of(id));
            for (int i = 1; i + 1 < timeline.stretches(); i++) {
                long length = timeline.startOf(i + 1) - timeline.startOf(i);
                int repeatedAtStart = timeline.offsetOf(i - 1) - timeline.offsetOf(i);
                int repeatedAtEnd = timeline.offsetOf(i) - timeline.offsetOf(i + 1);
                assertThat(length)
                        .as("%s at %s", id, Instant.ofEpochSecond(timeline.startOf(i)))
                        .isGreaterThan(Math.max(0, repeatedAtStart) + Math.max(0, repeatedAtEnd));
            }
        }
    }

    @Test
    void aFixedOffsetIsOneStretch() {
        assertThat(ZoneTimeline.of(ZoneId.of("+05:30")).stretches()).isEqualTo(1);
        assertThat(ZoneTimeline.of(ZoneId.of("UTC")).stretches()).isEqualTo(1);
    }
}
