package io.carillon.database;

import io.quarkus.arc.Unremovable;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/**
 * Of the embedded PostgreSQL. {@link EmbeddedPostgresql} reads these while the configuration is
 * still being put together; they are here so that they are known, and checked, like all others.
 */
@Unremovable
@ConfigMapping(prefix = "carillon.embedded")
interface EmbeddedConfig {
    /** Where its data are, relative to the working directory. */
    @WithDefault("data/postgres")
    String dataDir();

    /** The port it listens on; where none is configured and this one is taken, another. */
    @WithDefault("15432")
    int port();
}
