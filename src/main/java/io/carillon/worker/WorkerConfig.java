package io.carillon.worker;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/**
 * Settings of the worker in this replica, and of how long it may miss heartbeats before it is
 * declared dead.
 */
@ConfigMapping(prefix = "carillon.worker")
public interface WorkerConfig {
    /** Whether this replica runs executions. */
    @WithDefault("true")
    boolean enabled();

    /**
     * How many slots this replica has. An execution takes as many as its weight until its handler
     * has ended, a little before its outcome is stored.
     */
    @WithDefault("100")
    int capacity();

    /** How often a worker renews its lease. */
    @WithDefault("1s")
    Duration heartbeat();

    /**
     * The time without a heartbeat after which a worker's executions are taken back. Must be the
     * same on every replica.
     */
    @WithDefault("4s")
    Duration lease();

    /** How long a stopping replica waits for its executions before it gives them back. */
    @WithDefault("20s")
    Duration grace();
}
