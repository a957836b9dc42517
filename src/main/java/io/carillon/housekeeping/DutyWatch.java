package io.carillon.housekeeping;

import io.carillon.database.DatabaseClock;
import io.carillon.replica.Loop;
import io.carillon.replica.Loops;
import io.carillon.replica.StartOrder;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads how all duties last went, and renews that this replica knows them; runs on every replica,
 * whatever its roles. Logs once when a duty becomes overdue, and once when it succeeds again.
 */
@ApplicationScoped
class DutyWatch {
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final Housekeeping housekeeping;
    private final DutyStore store;
    private final DatabaseClock clock;
    private final Loops loops;
    private final Loop loop;
    private final Set<String> told = new HashSet<>();
    private final long startedNanos;

    @Inject
    DutyWatch(Housekeeping housekeeping, DutyStore store, DatabaseClock clock, Loops loops) {
        this(housekeeping, store, clock, loops, System.nanoTime());
    }

    DutyWatch(
            Housekeeping housekeeping,
            DutyStore store,
            DatabaseClock clock,
            Loops loops,
            long startedNanos) {
        this.startedNanos = startedNanos;
        this.housekeeping = housekeeping;
        this.store = store;
        this.clock = clock;
        this.loops = loops;
        this.loop = loops.background("housekeeping", this::round);
    }

    void start(@Observes @Priority(StartOrder.DISPATCH) StartupEvent event) {
        loops.start(loop);
    }

    void stop(@Observes @Priority(StartOrder.DISPATCH) ShutdownEvent event) {
        loop.stop();
    }

    private Duration round() {
        runOnce();
        return PAUSE;
    }

    /**
     * Renews this replica's duties, removes those that no version has any more, reads all and
     * returns the overdue ones.
     */
    List<String> runOnce() {
        renew();
        housekeeping.know(store.read());
        var overdue = new ArrayList<String>();
        for (var duty : housekeeping.duties()) {
            var fault = overdue(duty);
            if (fault != null) {
                overdue.add(duty.name());
            }
            if (fault != null && told.add(duty.name())) {
                Log.warnf("housekeeping overdue duty=%s: %s", duty.name(), fault);
            } else if (fault == null && told.remove(duty.name())) {
                Log.infof("housekeeping no longer overdue duty=%s", duty.name());
            }
        }
        return overdue;
    }

    /** Renews this replica's duties, and removes those that no replica has. */
    void renew() {
        store.know(housekeeping.duties().stream().map(Duty::name).toList());
        var removed = store.removeLeftBehind();
        if (!removed.isEmpty()) {
            Log.infof("triggers of former duties removed duties=%s", removed);
        }
    }

    /** Returns why a duty is overdue; null if it is not, or if nothing is known yet. */
    @Nullable String overdue(Duty duty) {
        var state = housekeeping.states().get(duty.name());
        var up = Duration.ofNanos(System.nanoTime() - startedNanos);
        if (state == null || !state.isOverdue(duty.period(), clock.now(), up)) {
            return null;
        }
        var fault =
                "not done for %d s, is due every %d s"
                        .formatted(state.age(clock.now()).toSeconds(), duty.period().toSeconds());
        return state.error() == null
                ? fault
                : "%s; failed on %s: %s".formatted(fault, state.node(), state.error());
    }
}
