package io.carillon.bench;

/** Something that fires triggers out of PostgreSQL. */
interface FiringSystem {
    String name();

    /** How much it is asked to bear: fired a second, evenly, by one replica. */
    int steadyPerSecond();

    /** Whether it is expected to fire a whole herd in the time a case allows. */
    boolean finishesHerds();

    /** Makes its tables in an empty database and starts its replicas, with nothing to fire. */
    FiringCluster start(Rig rig, Database database, int replicas);
}
