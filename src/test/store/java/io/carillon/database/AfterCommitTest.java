package io.carillon.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

@QuarkusTest
class AfterCommitTest {
    @Inject AfterCommit afterCommit;

    private final List<String> done = new ArrayList<>();

    @Test
    void anActionWaitsForTheCommitAndOneThatItAsksForFollowsAtOnce() {
        QuarkusTransaction.requiringNew()
                .run(
                        () -> {
                            afterCommit.run(
                                    () -> {
                                        afterCommit.run(() -> done.add("inner"));
                                        done.add("outer");
                                    });
                            assertThat(done).isEmpty();
                        });

        assertThat(done).containsExactly("inner", "outer");
    }

    @Test
    void nothingIsDoneAfterARollback() {
        QuarkusTransaction.begin();
        afterCommit.run(() -> done.add("outer"));
        QuarkusTransaction.rollback();

        assertThat(done).isEmpty();
    }

    @Test
    void withoutATransactionItIsDoneAtOnce() {
        afterCommit.run(() -> done.add("outer"));

        assertThat(done).containsExactly("outer");
    }
}
