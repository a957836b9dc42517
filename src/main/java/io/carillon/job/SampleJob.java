package io.carillon.job;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.carillon.definition.JobDefinition;
import io.carillon.problem.ProblemException;
import io.carillon.replica.StartOrder;
import io.carillon.schedule.ScheduleSpec;
import io.carillon.security.Scope;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Map;

/** Creates a job that rings every ten seconds, once: whoever deletes it is rid of it. */
@ApplicationScoped
class SampleJob {
    private static final String NAME = "sample-bell";

    private final JobCreation creation;
    private final SampleConfig config;

    SampleJob(JobCreation creation, SampleConfig config) {
        this.creation = creation;
        this.config = config;
    }

    void start(@Observes @Priority(StartOrder.SAMPLE) StartupEvent event) {
        if (!config.enabled()
                || QuarkusTransaction.requiringNew().call(() -> Job.count("name", NAME)) > 0) {
            return;
        }
        var every = new ScheduleSpec(null, Duration.ofSeconds(10), null, null, null, null, null);
        try {
            creation.create(
                    creation.draft(
                            Scope.EVERYTHING,
                            new JobDefinition(
                                    null,
                                    NAME,
                                    "Rings every ten seconds",
                                    every,
                                    "noop",
                                    JsonNodeFactory.instance
                                            .objectNode()
                                            .put("message", "ding dong"),
                                    null,
                                    null,
                                    null,
                                    null,
                                    null,
                                    null,
                                    null,
                                    null,
                                    null,
                                    null,
                                    null,
                                    null,
                                    Map.of("sample", "true"),
                                    null)));
            Log.infof("created the sample job name=%s", NAME);
        } catch (ProblemException taken) {
            Log.debugf("another replica created the sample job: %s", taken.getMessage());
        }
    }
}
