package io.carillon.firing;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How this replica fires. */
@ConfigMapping(prefix = "carillon.firing")
public interface FiringConfig {
    /** Whether this replica fires triggers. */
    @WithDefault("true")
    boolean enabled();

    /** How many triggers one transaction fires at most. */
    @WithDefault("1000")
    int batchSize();

    /** How often due triggers are looked for when no notification tells of a change. */
    @WithDefault("5s")
    Duration poll();

    /** A planned instant found later than this is a misfire and falls under its job's policy. */
    @WithDefault("60s")
    Duration misfireThreshold();

    /** How often triggers and jobs are compared and repaired. */
    @WithDefault("5m")
    Duration reconcileEvery();
}
