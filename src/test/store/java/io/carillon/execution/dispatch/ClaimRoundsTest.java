package io.carillon.execution.dispatch;

import static io.carillon.execution.ledger.SubmissionBuilder.aSubmission;
import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.execution.Engine;
import io.carillon.execution.ledger.Claim;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(StillReplica.class)
class ClaimRoundsTest {
    @Inject Engine engine;
    @Inject ClaimRounds rounds;

    private UUID worker;

    @BeforeEach
    void bothKindsOfQueuesHoldWork() throws SQLException {
        engine.clear();
        worker = engine.aWorker();
        engine.aQueue("limited", "max_concurrent", 100);
        for (int count = 0; count < 10; count++) {
            engine.submit(aSubmission().runAt(Instant.now().minusSeconds(100)));
            engine.submit(aSubmission().queue("limited"));
        }
    }

    @Test
    void neitherKindOfQueueLeavesNoRoomToTheOtherForEver() {
        var queues = new ArrayList<String>();
        for (int round = 0; round < 4; round++) {
            claim(1).forEach(claim -> queues.add(claim.queue()));
        }

        assertThat(queues).containsExactly("default", "limited", "default", "limited");
    }

    @Test
    void roomThatOneKindLeavesIsTheOthersAtOnce() {
        assertThat(claim(12)).extracting(Claim::queue).contains("limited").hasSize(12);
        assertThat(claim(20)).extracting(Claim::queue).hasSize(8).containsOnly("limited");
    }

    private List<Claim> claim(int slots) {
        return rounds.claim(Engine.aPool(worker), slots, true, begun -> {}).claims();
    }
}
