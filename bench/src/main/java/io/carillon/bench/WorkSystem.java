package io.carillon.bench;

/** Something that runs executions out of PostgreSQL, set up in one way. */
interface WorkSystem {
    String name();

    /** How it is set up, for whoever reads the figure. */
    String setting();

    /** Whether what others do in seconds takes it minutes, so that it is given less. */
    boolean isSlow();

    /** The same set up to start what is due as soon as it can, whatever that costs when idle. */
    default WorkSystem atItsPromptest() {
        return this;
    }

    /** How many executions a second, due at an even rate, it is asked to bear. */
    int steadyPerSecond();

    /** Makes its tables in an empty database and starts its replicas, with nothing to run. */
    WorkCluster start(Rig rig, Database database, int replicas);
}
