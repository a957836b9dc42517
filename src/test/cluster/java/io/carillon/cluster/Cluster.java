package io.carillon.cluster;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Replicas on one database. */
public final class Cluster implements AutoCloseable {
    private final TestPostgres postgres;
    private final List<Replica> replicas = new CopyOnWriteArrayList<>();

    public Cluster(TestPostgres postgres, int size) {
        this(postgres, size, List.of());
    }

    /**
     * @param wrapper a command to run the first under, such as faketime; empty for none
     */
    public Cluster(TestPostgres postgres, int size, List<String> wrapper) {
        this.postgres = postgres;
        for (int index = 0; index < size; index++) {
            replicas.add(Replica.start(postgres, Map.of(), index == 0 ? wrapper : List.of()));
        }
    }

    public Cluster awaitReady() {
        replicas.forEach(Replica::awaitReady);
        return this;
    }

    public Replica replica(int index) {
        return replicas.get(index);
    }

    public int size() {
        return replicas.size();
    }

    /** Starts another in the place of one that has ended. */
    public Replica replace(int index) {
        replicas.get(index).close();
        var replica = Replica.start(postgres);
        replicas.set(index, replica);
        return replica;
    }

    /** As {@code kill -9}, and another is started in its place. */
    public void killAndReplace(int index) {
        replicas.get(index).kill();
        replace(index);
    }

    /** As an orchestrator would: one whose database went away while it migrated has ended. */
    public void replaceEnded() {
        for (int index = 0; index < replicas.size(); index++) {
            if (!replicas.get(index).isAlive()) {
                replace(index);
            }
        }
    }

    @Override
    public void close() {
        replicas.forEach(Replica::close);
    }
}
