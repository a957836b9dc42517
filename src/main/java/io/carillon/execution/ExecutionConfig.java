package io.carillon.execution;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.time.Duration;

/** Settings of queueing and history. */
@ConfigMapping(prefix = "carillon")
public interface ExecutionConfig {
    /** How far each level of priority moves an execution forward in its queue. */
    @WithName("queue.head-start")
    @WithDefault("30s")
    Duration headStart();

    /**
     * How often the dispatcher looks for work when no notification wakes it, and for cancellations.
     */
    @WithName("dispatch.poll")
    @WithDefault("500ms")
    Duration poll();

    /** How long history is kept; older days are dropped whole, and rows without a day deleted. */
    @WithName("history.retention")
    @WithDefault("30d")
    Duration retention();
}
