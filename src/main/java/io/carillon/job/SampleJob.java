package io.carillon.job;

import io.carillon.definition.JobDefinition;
import io.carillon.json.Json;
import io.carillon.problem.ProblemException;
import io.carillon.replica.StartOrder;
import io.carillon.security.Scope;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Creates a job that rings every ten seconds, once: if it is deleted, it does not come back. */
@ApplicationScoped
class SampleJob {
    private static final String NAME = "sample-bell";

    /** As a client would write it. */
    private static final String SAMPLE =
            """
            {"name": "%s", "description": "Rings every ten seconds", "schedule": {"every": "10s"},
             "type": "noop", "config": {"message": "ding dong"}, "labels": {"sample": "true"}}
            """
                    .formatted(NAME);

    private final JobCreation creation;
    private final SampleConfig config;
    private final Json json;

    SampleJob(JobCreation creation, SampleConfig config, Json json) {
        this.creation = creation;
        this.config = config;
        this.json = json;
    }

    void start(@Observes @Priority(StartOrder.SAMPLE) StartupEvent event) {
        if (!config.enabled()
                || QuarkusTransaction.requiringNew().call(() -> Job.count("name", NAME)) > 0) {
            return;
        }
        try {
            creation.create(
                    creation.draft(Scope.EVERYTHING, json.stored(SAMPLE, JobDefinition.class)));
            Log.infof("created the sample job name=%s", NAME);
        } catch (ProblemException taken) {
            Log.debugf("another replica created the sample job: %s", taken.getMessage());
        }
    }
}
