package io.carillon.job;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The sample job of a first start. */
@ConfigMapping(prefix = "carillon.sample")
interface SampleConfig {
    /**
     * Whether a job that rings every ten seconds is created, unless there has been one; true in dev
     * mode.
     */
    @WithDefault("false")
    boolean enabled();
}
