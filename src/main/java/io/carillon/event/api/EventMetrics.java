package io.carillon.event.api;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;

/** Publishes who follows events; described in docs/metrics.md. */
@Startup
@ApplicationScoped
class EventMetrics {
    EventMetrics(MeterRegistry registry, EventFeed feed) {
        Gauge.builder("carillon.events.readers", feed, EventFeed::readers)
                .description("Clients that follow events on this replica")
                .register(registry);
        Gauge.builder(
                        "carillon.events.behind.seconds",
                        feed,
                        each -> each.behind().toMillis() / 1000.0)
                .description("How old the event is that readers are sent, while more are waiting")
                .register(registry);
    }
}
