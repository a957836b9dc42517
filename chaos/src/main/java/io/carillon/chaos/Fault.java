package io.carillon.chaos;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What is done to the cluster, and how often in proportion to others. */
enum Fault {
    /** SIGKILL of a replica, and a new one. */
    KILL(4),
    /** SIGTERM of a replica, which drains, and a new one. */
    STOP(1),
    /** SIGSTOP of a replica for longer than its lease, and SIGCONT. */
    FREEZE(2),
    /** A replica is killed, and the new one has a clock that is an hour off. */
    CLOCK(1),
    /** PostgreSQL ends all sessions and starts again. */
    RESTART_FAST(1),
    /** PostgreSQL crashes, stays away for a moment, and recovers. */
    RESTART_IMMEDIATE(1),
    /** A synchronous standby is promoted, and the primary has crashed. */
    FAILOVER(1),
    /** PostgreSQL ends all sessions of the service. */
    TERMINATE(1),
    /** Every transaction is read-only for some seconds. */
    READ_ONLY(1),
    /** All connections that PostgreSQL has left are taken. */
    EXHAUST(1),
    /** Connections of a replica are closed, and new ones too. */
    CUT(1),
    /** What a replica and PostgreSQL send to each other is lost, and nobody is told. */
    SWALLOW(1),
    /** What a replica and PostgreSQL send to each other arrives seconds later. */
    HOLD(1),
    /** Every packet between a replica and PostgreSQL takes a tenth of a second. */
    SLOW(1),
    /** The target answers nobody for some seconds. */
    STALL(1),
    /** The target answers 503. */
    FAIL(1),
    /** The target closes connections without an answer. */
    DROP(1),
    /** Stored definitions that cannot be read, and an overdue trigger of another scheduler. */
    POISON(1),
    /** A transaction stays open, so that no dead row can be removed. */
    PIN(1);

    private final int weight;

    Fault(int weight) {
        this.weight = weight;
    }

    int weight() {
        return weight;
    }

    /** As on the command line. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static String names(Collection<Fault> faults) {
        return faults.stream().map(Fault::label).collect(Collectors.joining(","));
    }

    /**
     * @throws IllegalArgumentException if one has no such name
     */
    static Set<Fault> of(String names) {
        return Arrays.stream(names.split(","))
                .map(name -> Fault.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_')))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Fault.class)));
    }
}
