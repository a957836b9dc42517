package io.carillon.job;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Configures the sample job of a first start. */
@ConfigMapping(prefix = "carillon.sample")
interface SampleConfig {
    /**
     * Whether to create a job that rings every ten seconds, unless one existed before; true in dev
     * mode.
     */
    @WithDefault("false")
    boolean enabled();
}
