package io.carillon.housekeeping;

import io.carillon.replica.Loops;
import io.carillon.replica.Rounds;
import io.quarkus.arc.All;
import io.quarkus.scheduler.ScheduledExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Does the duties that come due on this replica, and knows when each was last done on any replica.
 */
@ApplicationScoped
public class Housekeeping {
    private final List<Duty> duties;
    private final DutyStore store;
    private final Map<String, Rounds> rounds;
    private volatile Map<String, DutyState> states = Map.of();

    Housekeeping(@All List<Duty> duties, DutyStore store, Loops loops) {
        this.duties = duties.stream().sorted(Comparator.comparing(Duty::name)).toList();
        this.store = store;
        this.rounds =
                this.duties.stream()
                        .map(Duty::name)
                        .collect(Collectors.toMap(Function.identity(), loops::inTurn));
    }

    /**
     * Does a due duty and stores how it went. Never throws: a failure is logged in one line and
     * counted, and delays neither the duty's next run nor other duties.
     */
    public void fulfil(Duty duty, ScheduledExecution due) {
        fulfil(duty, due.getScheduledFireTime());
    }

    void fulfil(Duty duty, Instant dueAt) {
        var ofDuty = rounds(duty);
        ofDuty.begin();
        try {
            store.started(duty.name(), dueAt);
            duty.run();
            store.succeeded(duty.name());
            ofDuty.succeeded();
        } catch (Throwable failure) {
            ofDuty.failed(failure);
            tell(duty, failure);
        }
    }

    /**
     * Stores the failure, unless the database is unreachable, which everything else that needs it
     * reports.
     */
    private void tell(Duty duty, Throwable failure) {
        try {
            store.failed(duty.name(), Rounds.messageOf(failure));
        } catch (RuntimeException unreachable) {
            failure.addSuppressed(unreachable);
        }
    }

    /**
     * Returns when a duty was last done by any replica, as known some seconds ago; empty if never.
     */
    public Optional<Instant> doneAt(String duty) {
        return Optional.ofNullable(states.get(duty)).map(DutyState::succeededAt);
    }

    /** Returns all duties of this version, by name. */
    List<Duty> duties() {
        return duties;
    }

    /** Returns how the rounds of a duty went on this replica. */
    Rounds rounds(Duty duty) {
        var ofDuty = rounds.get(duty.name());
        if (ofDuty == null) {
            throw new IllegalArgumentException(duty.name() + " is not a bean");
        }
        return ofDuty;
    }

    /** Returns the state of all duties as last read, by name; empty before the first time. */
    Map<String, DutyState> states() {
        return states;
    }

    /** Stores what was read. */
    void know(Map<String, DutyState> read) {
        states = read;
    }

    /** Records that the replica stops: from now on failures are not logged. */
    void stop() {
        rounds.values().forEach(Rounds::stop);
    }
}
