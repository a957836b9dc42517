package io.carillon.execution.ledger;

import java.util.List;
import java.util.UUID;

/** Who claims, and of what. */
public sealed interface Claimant {
    /** The worker that runs what is claimed. */
    UUID workerId();

    /** The pool inside a replica: of what has no task. */
    record Pool(UUID workerId) implements Claimant {}

    /**
     * A worker elsewhere: of its tasks, in its namespace.
     *
     * @param queues from which; empty: from all
     */
    record Remote(UUID workerId, String namespace, List<String> tasks, List<String> queues)
            implements Claimant {
        public Remote {
            tasks = List.copyOf(tasks);
            queues = List.copyOf(queues);
        }
    }
}
