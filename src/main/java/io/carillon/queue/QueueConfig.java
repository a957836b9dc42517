package io.carillon.queue;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Statistics of queues. */
@ConfigMapping(prefix = "carillon.queue")
public interface QueueConfig {
    /**
     * How often what queues hold is counted, by one replica for all; less often if it takes long.
     */
    @WithDefault("5s")
    Duration sampleEvery();
}
