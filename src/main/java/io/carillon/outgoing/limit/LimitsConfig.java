package io.carillon.outgoing.limit;

import io.smallrye.config.ConfigMapping;
import java.util.Map;

/** Settings of what jobs do to one host. */
@ConfigMapping(prefix = "carillon.outgoing")
interface LimitsConfig {
    /** {@link HostLimit}s, by names that the administrator chooses. */
    Map<String, String> limits();
}
