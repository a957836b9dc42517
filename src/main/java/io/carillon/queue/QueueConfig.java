package io.carillon.queue;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Settings of queue statistics. */
@ConfigMapping(prefix = "carillon.queue")
public interface QueueConfig {
    /**
     * How often one replica counts, for all, what the queues hold; less often if counting takes
     * long.
     */
    @WithDefault("5s")
    Duration sampleEvery();
}
