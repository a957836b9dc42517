package io.carillon.execution.ledger;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tells who claims, and which executions. */
public sealed interface Claimant {
    /** Returns the worker that runs the claimed executions. */
    UUID workerId();

    /**
     * The pool inside a replica, which claims executions without a task.
     *
     * @param running how many executions of each namespace it runs; a namespace of which it runs
     *     fewer comes first
     */
    record Pool(UUID workerId, Map<String, Integer> running) implements Claimant {
        public Pool {
            running = Map.copyOf(running);
        }

        /** Returns the pool of a worker that runs these. */
        public static Pool of(UUID workerId, Stream<Claim> running) {
            return new Pool(
                    workerId,
                    running.collect(
                            Collectors.groupingBy(
                                    Claim::namespace, Collectors.summingInt(claim -> 1))));
        }
    }

    /**
     * A remote worker, which claims executions of its tasks, in its namespace.
     *
     * @param queues the queues it claims from; empty: all
     */
    record Remote(UUID workerId, String namespace, List<String> tasks, List<String> queues)
            implements Claimant {
        public Remote {
            tasks = List.copyOf(tasks);
            queues = List.copyOf(queues);
        }
    }
}
