package io.carillon.database;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/**
 * Of the embedded PostgreSQL. {@link EmbeddedPostgresql} reads these while the configuration is
 * still being put together; they are here so that they are known, and checked, like all others.
 */
@ConfigMapping(prefix = "carillon.embedded")
interface EmbeddedConfig {
    /** Where its data are; default {@code data/postgres} under the working directory. */
    Optional<String> dataDir();

    /** The port it listens on. */
    @WithDefault("15432")
    int port();
}
