package io.carillon.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.carillon.definition.OnDependencyFailure;
import io.carillon.execution.follow.Followers;
import io.carillon.execution.ledger.Completion;
import io.carillon.support.StillReplica;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Everything that ends, follows and cancels executions, at once and at random: nobody waits for
 * another in a circle. For {@code -Dlocks.seconds}, ten unless told.
 */
@QuarkusTest
@TestProfile(StillReplica.class)
class LockOrderTest {
    private static final String DEADLOCKS =
            "select deadlocks from pg_stat_database where datname = current_database()";
    private static final int WORKERS = 3;
    private static final int SUBMITTERS = 3;

    @Inject Engine engine;
    @Inject Followers followers;

    /** The latest executions, in which new ones look for what to depend on. */
    private final List<UUID> recent = new ArrayList<>();

    @BeforeEach
    void nothingIsThere() throws SQLException {
        engine.clear();
    }

    @Test
    void batchesThatDependAndCancelsDoNotDeadlock() throws Exception {
        long before = engine.rows.number(DEADLOCKS);
        long seed = System.nanoTime();
        long end =
                System.nanoTime()
                        + Duration.ofSeconds(Integer.getInteger("locks.seconds", 10)).toNanos();
        var work = new ArrayList<Callable<Object>>();
        IntStream.range(0, SUBMITTERS)
                .forEach(each -> work.add(() -> submit(new Random(seed + each), end)));
        IntStream.range(0, WORKERS)
                .forEach(each -> work.add(() -> complete(new Random(seed - each), end)));
        IntStream.range(0, 2).forEach(each -> work.add(() -> cancel(new Random(~seed), end)));
        IntStream.range(0, 2)
                .forEach(
                        each ->
                                work.add(
                                        () -> {
                                            while (System.nanoTime() < end) {
                                                followers.runOnce();
                                            }
                                            return true;
                                        }));

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var done : threads.invokeAll(work)) {
                done.get();
            }
        }
        for (int round = 0; round < 100; round++) {
            engine.tell();
            complete(new Random(seed), System.nanoTime() + 1);
        }

        assertThat(engine.rows.number(DEADLOCKS) - before).as("deadlocks, seed %d", seed).isZero();
        assertThat(
                        engine.rows.texts(
                                """
                                select d.id from execution d
                                where d.state = 'BLOCKED'
                                  and d.waits_for <> (select count(*) from execution e
                                                      where e.id = any (d.depends_on) and e.finished_at is null)
                                """))
                .as("that wait for what has ended, seed %d", seed)
                .isEmpty();
        assertThat(engine.rows.number("select count(*) from execution")).isGreaterThan(100);
    }

    private boolean submit(Random random, long end) {
        while (System.nanoTime() < end) {
            var on = some(random, 1 + random.nextInt(6));
            var policy = OnDependencyFailure.values()[random.nextInt(2)];
            var id = engine.submitAfter(on, policy, null);
            synchronized (recent) {
                recent.add(id);
                if (recent.size() > 40) {
                    recent.removeFirst();
                }
            }
        }
        return true;
    }

    private boolean complete(Random random, long end) throws SQLException {
        var worker = engine.aWorker();
        do {
            var outcomes = new ArrayList<Completion>();
            for (var claim :
                    engine.claims.take(Engine.aPool(worker), 20, false).claimed().claims()) {
                outcomes.add(
                        random.nextInt(4) == 0
                                ? Completion.refused(claim, "told to", java.time.Instant.EPOCH)
                                : Completion.succeeded(claim, null));
            }
            java.util.Collections.shuffle(outcomes, random);
            if (!outcomes.isEmpty()) {
                engine.store.complete(outcomes);
            }
        } while (System.nanoTime() < end);
        return true;
    }

    private boolean cancel(Random random, long end) {
        while (System.nanoTime() < end) {
            engine.cancelAll(some(random, 1 + random.nextInt(8)));
        }
        return true;
    }

    private List<UUID> some(Random random, int count) {
        var some = new ArrayList<UUID>();
        synchronized (recent) {
            for (int each = 0; each < count && !recent.isEmpty(); each++) {
                some.add(recent.get(random.nextInt(recent.size())));
            }
        }
        return some.stream().distinct().toList();
    }
}
