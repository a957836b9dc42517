package io.carillon.execution.ledger;

import static io.carillon.execution.ledger.SubmissionBuilder.aSubmission;
import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.execution.Engine;
import io.carillon.execution.ExecutionState;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Retention counts from the end of an execution, wherever in time it stands. */
@QuarkusTest
@TestProfile(StillReplica.class)
class PartitionsTest {
    private static final Instant LONG_AGO = Instant.parse("2020-05-04T03:02:01Z");

    @Inject Engine engine;
    @Inject Partitions partitions;

    @BeforeEach
    void nothing() throws SQLException {
        engine.clear();
    }

    @Test
    void whatWasSubmittedForAPastInstantIsKeptForItsRetentionAfterItsEnd() throws SQLException {
        var kept = engine.submit(aSubmission().runAt(LONG_AGO));
        var over = engine.submit(aSubmission().runAt(LONG_AGO.plusSeconds(1)));
        end(kept, "29 days 23 hours");
        end(over, "30 days 1 hour");

        partitions.runOnce();

        assertThat(exists(kept)).isTrue();
        assertThat(exists(over)).isFalse();
    }

    @Test
    void aDayIsKeptForItsRetentionAfterItsLastEnd() throws SQLException {
        var early = submitDaysAgo(45);
        var late = submitDaysAgo(45);
        end(early, "45 days");
        end(late, "29 days 23 hours");
        var over = submitDaysAgo(46);
        end(over, "30 days 1 hour");

        assertThat(partitions.runOnce().dropped()).isEqualTo(1);
        assertThat(exists(early)).isTrue();
        assertThat(exists(late)).isTrue();
        assertThat(exists(over)).isFalse();
        assertThat(partitions.runOnce().dropped()).isZero();
    }

    private UUID submitDaysAgo(int days) throws SQLException {
        engine.rows.texts(
                "select execution_make_partition((clock_timestamp() at time zone 'UTC')::date - ?)",
                days);
        long now = engine.rows.number("select epoch_millis(clock_timestamp())");
        return engine.submit(
                aSubmission().runAt(Instant.ofEpochMilli(now).minus(Duration.ofDays(days))));
    }

    /** Makes a dead letter of it. */
    private void end(UUID id, String ago) throws SQLException {
        for (var claim : engine.claim(engine.aWorker(), 10)) {
            engine.fail(claim, ExecutionState.FAILED);
        }
        engine.rows.change(
                "update execution set finished_at = clock_timestamp() - ?::interval where id = ?",
                ago,
                id);
    }

    private boolean exists(UUID id) throws SQLException {
        return engine.rows.number("select count(*) from execution where id = ?", id) == 1;
    }
}
