package io.carillon.execution.dispatch;

import io.carillon.database.Notifications;
import io.carillon.database.Topic;
import io.carillon.execution.ledger.ExecutionStore;
import io.carillon.execution.ledger.RowByRow;
import io.carillon.replica.Loop;
import io.carillon.replica.Loops;
import io.carillon.replica.Roles;
import io.carillon.replica.StartOrder;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Queues executions that have come due, and skips those that have not started by their deadline.
 * Every replica that fires or works has one.
 */
@ApplicationScoped
public class Promoter {
    private static final int MAX_BATCH = 1000;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    /**
     * Every submission sends a hint, and a look reads the ends of two indexes for each day, so it
     * is not repeated for each hint. An execution that comes due sooner than this pause may be
     * queued late by as much.
     */
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(10);

    private static final Duration PAUSE_FOR_LOCKS = Duration.ofMillis(20);

    private final ExecutionStore store;
    private final Roles roles;
    private final Notifications notifications;
    private final Loops loops;
    private final Loop loop;

    /** The result of a round; {@code untilNext} null when nothing waits. */
    public record Round(int promoted, int skipped, @Nullable Duration untilNext) {}

    Promoter(ExecutionStore store, Roles roles, Notifications notifications, Loops loops) {
        this.store = store;
        this.roles = roles;
        this.notifications = notifications;
        this.loops = loops;
        this.loop = loops.vital("promoter", this::round);
    }

    void start(@Observes @Priority(StartOrder.DISPATCH) StartupEvent event) {
        if (roles.movesExecutions()) {
            notifications.on(Topic.WORK, argument -> loop.wake());
            loops.start(loop);
        }
    }

    void stop(@Observes @Priority(StartOrder.DISPATCH) ShutdownEvent event) {
        loop.stop();
    }

    /** When hints count again; used only by the loop's thread. */
    private long restsUntilNanos = System.nanoTime();

    private Duration round() {
        long rest = restsUntilNanos - System.nanoTime();
        if (rest > 0) {
            return Duration.ofNanos(rest);
        }
        var next = runOnce().untilNext;
        var pause =
                next == null || next.compareTo(LONGEST_PAUSE) > 0
                        ? LONGEST_PAUSE
                        : next.isNegative() ? Duration.ZERO : next.plusMillis(1);
        var rests = pause.compareTo(SHORTEST_PAUSE) < 0 ? pause : SHORTEST_PAUSE;
        restsUntilNanos = System.nanoTime() + rests.toNanos();
        return pause;
    }

    public Round runOnce() {
        var untilNext = store.untilNextWaiting();
        if (untilNext == null || untilNext.isPositive()) {
            return new Round(0, 0, untilNext);
        }
        var promoted = store.promote(MAX_BATCH);
        var skipped = store.skipLate(MAX_BATCH);
        int moved = promoted.rows() + skipped.rows();
        // Due executions that were not moved are locked by another transaction or were refused, and
        // stay due.
        return new Round(
                promoted.rows(),
                skipped.rows(),
                promoted.refused() + skipped.refused() > 0
                        ? RowByRow.PAUSE
                        : moved == 0 ? PAUSE_FOR_LOCKS : Duration.ZERO);
    }
}
