package io.carillon.http;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of what this replica answers. */
@ConfigMapping(prefix = "carillon.api")
public interface ApiConfig {
    /** Whether this replica answers the API and serves pages; health and metrics it always does. */
    @WithDefault("true")
    boolean enabled();
}
