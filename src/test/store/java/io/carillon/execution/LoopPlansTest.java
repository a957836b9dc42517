package io.carillon.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.database.BackgroundPool;
import io.carillon.database.Database;
import io.carillon.execution.follow.Followers;
import io.carillon.execution.ledger.ClaimStatements;
import io.carillon.execution.ledger.ExecutionStore;
import io.carillon.execution.ledger.RemoteExecutions;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How PostgreSQL reads the ledger for the loops when its statistics are of another moment. */
@QuarkusTest
@TestProfile(StillReplica.class)
class LoopPlansTest {
    @Inject Engine engine;
    @Inject @BackgroundPool Database database;

    /** A day that was analysed when nothing in it was left to do. */
    @BeforeEach
    void analysedAtRest() throws SQLException {
        engine.clear();
        engine.rows.change(
                """
                insert into execution (id, scheduled_at, namespace, type, queue, state, origin, priority, order_key,
                                       run_at, max_attempts, delivery, timeout_ms, finished_at)
                select gen_random_uuid(), now() + n * interval '1 microsecond', 'default', 'noop', 'default',
                       'SUCCEEDED', 'SUBMIT', 5, 0, now(), 1, 'AT_LEAST_ONCE', 1, now()
                from generate_series(1, 5000) as n
                """);
        engine.rows.change("vacuum analyze execution");
    }

    @Test
    void nothingIsPlannedAnewForItsParameters() throws SQLException {
        assertThat(plan(ClaimStatements.NEXT_IN_TURN))
                .as("names its parameters, and not their values")
                .anyMatch(line -> line.contains("$10"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ClaimStatements.NEXT_IN_TURN,
                ClaimStatements.IN_ORDER,
                ClaimStatements.FROM_IN_TURN,
                ClaimStatements.OF_TASKS,
                ExecutionStore.PROMOTE,
                ExecutionStore.SKIP_LATE
            })
    void theFirstInOrderAreReadAndNotAllOfThemSorted(String statement) throws SQLException {
        assertThat(plan(statement)).anyMatch(line -> line.contains("Merge Append"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ClaimStatements.NEXT_IN_TURN,
                ClaimStatements.IN_ORDER,
                ClaimStatements.FROM_IN_TURN,
                ClaimStatements.OF_TASKS,
                RemoteExecutions.OVERDUE,
                RemoteExecutions.WAITING,
                ExecutionStore.COMPLETE,
                ExecutionStore.PROMOTE,
                ExecutionStore.NEXT_WAITING,
                ExecutionStore.SKIP_LATE,
                ExecutionStore.RESCUE,
                ExecutionStore.GIVE_BACK_UNKNOWN,
                Followers.TAKE_ENDS,
                Followers.TAKE_DEPENDENTS,
                Followers.FIND_TO_CANCEL,
                Followers.FIND_NEXT_OF_JOBS,
                Followers.LOCK_BLOCKED,
                Followers.BUSY_JOBS
            })
    void noDayIsReadWhole(String statement) throws SQLException {
        assertThat(plan(statement)).noneMatch(line -> line.contains("Seq Scan on execution_"));
    }

    /** The primary key has the order that is asked for, and would be read whole for it. */
    @ParameterizedTest
    @ValueSource(strings = {ExecutionStore.RESCUE, ExecutionStore.GIVE_BACK_UNKNOWN})
    void whatAWorkerRunsIsFoundByTheWorker(String statement) throws SQLException {
        String plan = String.join("\n", plan(statement));

        assertThat(plan)
                .contains("Index Cond: (worker_id = ")
                .doesNotContainPattern("_pkey on [^\n]+\n(?! *Index Cond: \\(\\(id = )");
    }

    private List<String> plan(String statement) throws SQLException {
        var parameters = new AtomicInteger();
        String numbered =
                Pattern.compile("\\?")
                        .matcher(statement)
                        .replaceAll(any -> "\\$" + parameters.incrementAndGet());
        String values =
                parameters.get() == 0
                        ? ""
                        : "("
                                + String.join(", ", Collections.nCopies(parameters.get(), "null"))
                                + ")";
        return database.inTransaction(
                connection -> {
                    try (var planned = connection.createStatement()) {
                        planned.execute("prepare planned as " + numbered);
                        var plan = new ArrayList<String>();
                        try (var row = planned.executeQuery("explain execute planned" + values)) {
                            while (row.next()) {
                                plan.add(row.getString(1));
                            }
                        }
                        planned.execute("deallocate planned");
                        return plan;
                    }
                });
    }
}
