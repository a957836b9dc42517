package io.carillon.bench;

import java.nio.file.Path;

/**
 * What every case stands on.
 *
 * @param root the repository
 */
record Rig(
        Path root,
        Options options,
        Sizes sizes,
        PostgresServer server,
        Processes processes,
        Results results) {}
