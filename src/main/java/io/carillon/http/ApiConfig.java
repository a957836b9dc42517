package io.carillon.http;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of the HTTP API. */
@ConfigMapping(prefix = "carillon.api")
public interface ApiConfig {
    /** Whether this replica serves the API and pages; it always serves health and metrics. */
    @WithDefault("true")
    boolean enabled();
}
