package io.carillon.database;

import io.quarkus.arc.Unremovable;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/**
 * Settings of the embedded PostgreSQL. {@link EmbeddedPostgresql} reads these keys itself, before
 * the configuration is complete; this mapping exists so that they are known and checked like all
 * others.
 */
@Unremovable
@ConfigMapping(prefix = "carillon.embedded")
interface EmbeddedConfig {
    /** The folder of its data, relative to the working directory. */
    @WithDefault("data/postgres")
    String dataDir();

    /** The port it listens on; if none is configured and this one is taken, another. */
    @WithDefault("15432")
    int port();
}
