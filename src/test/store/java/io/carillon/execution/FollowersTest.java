package io.carillon.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Dependents are released by the last of what they wait for, exactly once, or cancelled. */
@QuarkusTest
@TestProfile(StillReplica.class)
class FollowersTest {
    @Inject Engine engine;

    @BeforeEach
    void nothingIsThere() throws SQLException {
        engine.clear();
    }

    @Test
    void theLastOfSeveralReleases() throws Exception {
        var one = engine.submit();
        var other = engine.submit();
        var dependent = dependentOn(OnDependencyFailure.CANCEL, one, other);
        var claims = engine.claim(engine.aWorker(), 10);

        engine.succeed(claims.getFirst());
        assertThat(engine.state(dependent)).isEqualTo("BLOCKED");
        engine.succeed(claims.getLast());

        assertThat(engine.state(dependent)).isEqualTo("QUEUED");
        assertThat(engine.rows.number("select count(*) from execution_dependency")).isZero();
    }

    @Test
    void aFailureCancelsTheWholeChainBehindIt() throws Exception {
        var root = engine.submit();
        var middle = dependentOn(OnDependencyFailure.CANCEL, root);
        var leaf = dependentOn(OnDependencyFailure.CANCEL, middle);
        var tolerant = dependentOn(OnDependencyFailure.RUN, middle);

        engine.fail(engine.claim(engine.aWorker(), 1).getFirst(), ExecutionState.FAILED);

        assertThat(engine.stateAndReason(middle)).isEqualTo("CANCELLED DEPENDENCY");
        assertThat(engine.stateAndReason(leaf)).isEqualTo("CANCELLED DEPENDENCY");
        assertThat(engine.state(tolerant)).isEqualTo("QUEUED");
    }

    @Test
    void whatHasEndedIsNotWaitedFor() throws Exception {
        var done = engine.submit();
        engine.succeed(engine.claim(engine.aWorker(), 1).getFirst());
        var failed = engine.submit();
        engine.fail(engine.claim(engine.aWorker(), 1).getFirst(), ExecutionState.FAILED);

        assertThat(engine.state(dependentOn(OnDependencyFailure.CANCEL, done))).isEqualTo("QUEUED");
        assertThat(engine.stateAndReason(dependentOn(OnDependencyFailure.CANCEL, done, failed)))
                .isEqualTo("CANCELLED DEPENDENCY");
        assertThat(engine.state(dependentOn(OnDependencyFailure.RUN, done, failed)))
                .isEqualTo("QUEUED");
    }

    @Test
    void aDependentOfACancelledOrRescuedExecutionIsToldToo() throws Exception {
        var waiting = engine.submit();
        var ofWaiting = dependentOn(OnDependencyFailure.CANCEL, waiting);
        engine.control.cancel(waiting, "REQUESTED");
        assertThat(engine.stateAndReason(ofWaiting)).isEqualTo("CANCELLED DEPENDENCY");

        var lost = engine.submit(SubmissionBuilder.aSubmission().maxAttempts(1));
        var ofLost = dependentOn(OnDependencyFailure.RUN, lost);
        var worker = engine.aWorker();
        engine.claim(worker, 1);
        engine.kill(worker);
        assertThat(engine.state(lost)).isEqualTo("FAILED");
        assertThat(engine.state(ofLost)).isEqualTo("QUEUED");
    }

    /** Outcomes, and the submission of the dependent itself, all at the same time. */
    @Test
    void noReleaseIsLostWhenAllHappensAtOnce() throws Exception {
        for (int round = 0; round < 30; round++) {
            engine.clear();
            var ids = new ArrayList<UUID>();
            for (int count = 0; count < 6; count++) {
                ids.add(engine.submit());
            }
            var claims = engine.claim(engine.aWorker(), 6);
            var dependents = new ArrayList<UUID>();
            var work = new ArrayList<Callable<Object>>();
            claims.forEach(claim -> work.add(() -> engine.succeed(claim)));
            for (int count = 0; count < 3; count++) {
                work.add(
                        () -> {
                            var id =
                                    dependentOn(
                                            OnDependencyFailure.CANCEL, ids.toArray(UUID[]::new));
                            synchronized (dependents) {
                                return dependents.add(id);
                            }
                        });
            }

            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (var done : threads.invokeAll(work)) {
                    done.get();
                }
            }

            assertThat(engine.ids(engine.claim(engine.aWorker(), 10)))
                    .containsExactlyInAnyOrderElementsOf(dependents);
            assertThat(engine.rows.number("select count(*) from execution_dependency")).isZero();
        }
    }

    private UUID dependentOn(OnDependencyFailure onFailure, UUID... ids) {
        return engine.submitAfter(List.of(ids), onFailure, null);
    }
}
