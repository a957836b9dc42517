package io.carillon.bench;

import java.util.List;

/** A library that runs executions in the process it is part of. */
interface Peer {
    /** Stores one execution that nobody runs, for the bench to copy. */
    void storePrototype();

    /** From now on executions are run. */
    void start();

    void submitBatch(int count);

    /**
     * @param dueMillis when each is due
     */
    void scheduleBatch(List<Long> dueMillis);
}
