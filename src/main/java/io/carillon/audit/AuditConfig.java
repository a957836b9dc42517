package io.carillon.audit;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Settings of the audit log. */
@ConfigMapping(prefix = "carillon.audit")
interface AuditConfig {
    /** How long entries are kept; after that the whole month they are in is dropped. */
    @WithDefault("400d")
    Duration retention();
}
