package io.carillon.firing;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Settings of firing on this replica. */
@ConfigMapping(prefix = "carillon.firing")
public interface FiringConfig {
    /** Whether this replica fires triggers. */
    @WithDefault("true")
    boolean enabled();

    /** How many triggers one transaction fires at most. */
    @WithDefault("1000")
    int batchSize();

    /** How often to look for due triggers when no notification reports a change. */
    @WithDefault("5s")
    Duration poll();

    /** A planned instant found later than this is a misfire, and its job's policy applies. */
    @WithDefault("60s")
    Duration misfireThreshold();

    /** How often triggers and jobs are compared and repaired. */
    @WithDefault("5m")
    Duration reconcileEvery();
}
