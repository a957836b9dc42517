package io.carillon.execution.ledger;

import static io.carillon.execution.ledger.SubmissionBuilder.aSubmission;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carillon.database.DatabaseException;
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

    @Test
    void aDayThatCannotBeDroppedHoldsUpNoOther() throws SQLException {
        var stuck = submitDaysAgo(47);
        var over = submitDaysAgo(46);
        end(stuck, "40 days");
        end(over, "40 days");
        engine.rows.change("create view report as select id from execution_" + day(-47));
        engine.rows.change("drop table execution_" + day(7));
        try {
            assertThatThrownBy(partitions::runOnce)
                    .isInstanceOf(DatabaseException.class)
                    .hasMessageContaining("depend on it");

            assertThat(exists(stuck)).isTrue();
            assertThat(exists(over)).isFalse();
            assertThat(
                            engine.rows.number(
                                    "select count(*) from pg_class where relname = ?",
                                    "execution_" + day(7)))
                    .as("the day ahead that was missing")
                    .isEqualTo(1);
        } finally {
            engine.rows.change("drop view report");
        }
        assertThat(partitions.runOnce().dropped()).isEqualTo(1);
    }

    /** A day's suffix, so many days from today. */
    private String day(int ahead) throws SQLException {
        return engine.rows
                .texts(
                        "select to_char((clock_timestamp() at time zone 'UTC')::date + ?, 'YYYYMMDD')",
                        ahead)
                .getFirst();
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
