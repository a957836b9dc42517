package io.carillon.event;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Settings of events. */
@ConfigMapping(prefix = "carillon.events")
public interface EventConfig {
    /** Whether events are written. */
    @WithDefault("true")
    boolean enabled();

    /** Namespaces in which none are written. */
    Optional<Set<String>> excludedNamespaces();

    /** How long events are kept; after that the whole day they are in is dropped. */
    @WithDefault("1d")
    Duration retention();

    /** How many clients may follow events on this replica at once. */
    @WithDefault("1000")
    int maxReaders();
}
