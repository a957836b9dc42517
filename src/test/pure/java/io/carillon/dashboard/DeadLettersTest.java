package io.carillon.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.execution.ledger.FailedExecutions.Failed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeadLettersTest {
    private static final Instant AT = Instant.parse("2026-11-25T08:30:00Z");

    @Test
    void aGroupOfSubmissionsSelectsNoExecutionsOfJobs() {
        var letters = of(List.of(failed(null, "noop", "E", 0)));

        assertThat(letters.groups().getFirst().seen())
                .isEqualTo(
                        "{\"filter\":{\"errorCode\":\"E\",\"submitted\":true,\"type\":\"noop\",\"namespace\":\"default\","
                                + "\"to\":\"2026-11-25T08:30:00.000001Z\"}}");
    }

    @Test
    void aGroupOfAJobSelectsItsOwn() {
        var job = new UUID(7, 7);
        var letters = of(List.of(failed(job, "noop", "E", 0), failed(job, "noop", "E", 9)));

        assertThat(letters.groups()).hasSize(1);
        assertThat(letters.groups().getFirst().seen())
                .isEqualTo(
                        "{\"filter\":{\"errorCode\":\"E\",\"jobId\":\"%s\",\"to\":\"2026-11-25T08:30:00.000001Z\"}}"
                                .formatted(job));
    }

    @Test
    void ofManyGroupsAndErrorsAPageShowsTheFirst() {
        var failed = new ArrayList<Failed>();
        for (int index = 0; index < 100; index++) {
            failed.add(failed(new UUID(7, index), "noop", "E" + index / 2, index));
        }

        var letters = of(failed);

        assertThat(letters.shown()).hasSize(40);
        assertThat(letters.shown().getFirst().code()).isEqualTo("E0");
        assertThat(letters.left()).isEqualTo(60);
        assertThat(letters.errors()).hasSize(20);
        assertThat(of(failed.subList(0, 3)).left()).isZero();
    }

    private static DeadLetters of(List<Failed> failed) {
        return DeadLetters.of(failed, Map.of(), 1000);
    }

    private static Failed failed(@Nullable UUID job, String type, String code, int ago) {
        return new Failed(
                UUID.randomUUID(),
                job,
                type,
                "default",
                AT.minusSeconds(ago),
                code,
                "told to fail");
    }
}
