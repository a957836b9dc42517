package io.carillon.execution.statistics;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of metrics. */
@ConfigMapping(prefix = "carillon.metrics")
interface JobMetricsConfig {
    /** How many jobs have metrics of their own; 0: none has. */
    @WithDefault("0")
    int perJob();
}
