package io.carillon.handler.backup;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/** Settings of PostgreSQL's programs. */
@ConfigMapping(prefix = "carillon.backup")
interface ProgramsConfig {
    /** The folder with pg_dump and pg_restore; absent: those on the PATH. */
    Optional<String> pgBin();
}
