package io.carillon.execution;

import static io.carillon.execution.ledger.SubmissionBuilder.aSubmission;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.carillon.execution.dispatch.Promoter;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nothing runs before its time, by PostgreSQL's clock, and nothing waits after it. */
@QuarkusTest
@TestProfile(StillReplica.class)
class PromotionTest {
    @Inject Engine engine;
    @Inject Promoter promoter;

    @BeforeEach
    void nothing() throws SQLException {
        engine.clear();
    }

    @Test
    void aSubmissionIsQueuedAtItsTimeAndNotBefore() throws SQLException {
        var due = engine.submit(aSubmission().runAt(Instant.now().plusSeconds(3600)));
        var soon = engine.submit(aSubmission().runAt(Instant.now().plusSeconds(3600)));
        runIn(due, "0 s");
        runIn(soon, "1500 ms");

        promote();

        assertThat(engine.state(due)).isEqualTo("QUEUED");
        String state = engine.state(soon);
        assumeThat(runsLater(soon)).as("the test was quick enough").isTrue();
        assertThat(state).isEqualTo("SCHEDULED");
        assertThat(engine.ids(engine.claim(engine.aWorker(), 10))).containsExactly(due);
    }

    @Test
    void aRetryIsQueuedAtItsTimeAndNotBefore() throws SQLException {
        var due = engine.submit();
        var soon = engine.submit();
        for (var claim : engine.claim(engine.aWorker(), 10)) {
            engine.fail(claim, ExecutionState.RETRYING);
        }
        runIn(due, "0 s");
        runIn(soon, "1500 ms");

        promote();

        assertThat(engine.state(due)).isEqualTo("QUEUED");
        String state = engine.state(soon);
        assumeThat(runsLater(soon)).as("the test was quick enough").isTrue();
        assertThat(state).isEqualTo("RETRYING");
    }

    private void promote() {
        promoter.runOnce();
    }

    private void runIn(UUID id, String in) throws SQLException {
        engine.rows.change(
                "update execution set run_at = clock_timestamp() + ?::interval where id = ?",
                in,
                id);
    }

    private boolean runsLater(UUID id) throws SQLException {
        return engine.rows.number(
                        "select (run_at > clock_timestamp())::int from execution where id = ?", id)
                == 1;
    }
}
