package io.carillon.execution.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.database.BackgroundPool;
import io.carillon.database.Database;
import io.carillon.execution.ExecutionState;
import io.carillon.execution.ledger.ExecutionControl.Changed;
import io.carillon.support.Jobs;
import io.carillon.support.Rows;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which ends are noted for rules. */
@QuarkusTest
@TestProfile(StillReplica.class)
class EndsTest {
    @Inject Ends ends;
    @Inject @BackgroundPool Database database;
    @Inject DataSource dataSource;

    private Rows rows;
    private UUID job;

    @BeforeEach
    void aRuleOfAll() throws Exception {
        rows = new Rows(dataSource);
        job = Jobs.create();
        rows.change(
                """
                insert into alert_rule (id, namespace, name, enabled, failures, tell_each, tell_recovered, webhook)
                values (gen_random_uuid(), 'default', 'all', true, 1, false, true, '{}')
                """);
        ends.rulesChanged();
    }

    @AfterEach
    void noRule() throws SQLException {
        rows.change("delete from alert_rule");
        rows.change("delete from alert_end");
        ends.rulesChanged();
    }

    @Test
    void aSuccessIsNotedOnceTheJobHasFailedAlsoWhereBothAreStoredTogether() throws SQLException {
        ended(ExecutionState.SUCCEEDED);
        assertThat(noted()).isEmpty();

        ended(ExecutionState.SUCCEEDED, ExecutionState.FAILED, ExecutionState.SUCCEEDED);
        assertThat(noted()).endsWith("f", "t");

        ended(ExecutionState.SUCCEEDED);
        assertThat(noted()).endsWith("f", "t", "t");
    }

    @Test
    void whatIsCancelledOrSkippedIsNot() throws SQLException {
        ended(ExecutionState.CANCELLED, ExecutionState.SKIPPED);

        assertThat(noted()).isEmpty();
    }

    @Test
    void whatIsSkippedIsNotedWhereARuleAsksForItUnlessTheJobWasPaused() throws SQLException {
        rows.change("update alert_rule set tell_skipped = true");
        ends.rulesChanged();

        skipped("DEADLINE", "PAUSED", "OVERLAP");

        assertThat(rows.texts("select succeeded::text || skipped from alert_end"))
                .containsExactly("falsetrue", "falsetrue");
    }

    private void skipped(String... reasons) {
        database.run(
                connection -> {
                    ends.noteStillborn(
                            connection,
                            Arrays.stream(reasons)
                                    .map(
                                            reason ->
                                                    new Ends.Stillborn(
                                                            ExecutionState.SKIPPED,
                                                            UUID.randomUUID(),
                                                            job,
                                                            "default",
                                                            "noop",
                                                            reason))
                                    .toList());
                });
    }

    private void ended(ExecutionState... states) {
        var changed =
                Arrays.stream(states)
                        .map(
                                state ->
                                        new Changed(
                                                UUID.randomUUID(),
                                                Instant.EPOCH,
                                                job,
                                                state,
                                                false,
                                                false,
                                                1,
                                                "default",
                                                "noop",
                                                null,
                                                null))
                        .toList();
        database.run(connection -> ends.note(connection, changed));
    }

    private List<String> noted() throws SQLException {
        return rows.texts("select succeeded from alert_end order by id");
    }
}
