package io.carillon.bench;

import java.util.Map;

/**
 * The packaged Carillon with a worker in each replica.
 *
 * @param capacity how many executions a worker holds at a time
 */
record CarillonWorkSystem(int capacity) implements WorkSystem {
    @Override
    public String name() {
        return "carillon";
    }

    @Override
    public String setting() {
        return "capacity " + capacity;
    }

    @Override
    public boolean isSlow() {
        return false;
    }

    @Override
    public int steadyPerSecond() {
        return 1_000;
    }

    @Override
    public CarillonWorkCluster start(Rig rig, Database database, int replicas) {
        return new CarillonWorkCluster(database, startFiring(rig, database, replicas));
    }

    /**
     * @param inserted see {@link CarillonWorkCluster}
     */
    CarillonWorkCluster start(Rig rig, Database database, int replicas, String inserted) {
        return new CarillonWorkCluster(database, startFiring(rig, database, replicas), inserted);
    }

    private CarillonCluster startFiring(Rig rig, Database database, int replicas) {
        var settings = Map.of("CARILLON_WORKER_CAPACITY", Integer.toString(capacity));
        return new CarillonSystem(settings).start(rig, database, replicas);
    }
}
