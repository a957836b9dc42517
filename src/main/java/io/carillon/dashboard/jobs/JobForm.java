package io.carillon.dashboard.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds the form of a job.
 *
 * @param id of the job to change; null for a new one
 * @param version of the job to change; null for a new one
 * @param title what is done
 * @param type the chosen type
 * @param summary what the type does
 * @param fields the inputs of the type's config
 * @param job what the form begins with, as JSON
 */
record JobForm(
        @Nullable String id,
        @Nullable String version,
        String title,
        List<String> types,
        String type,
        String summary,
        List<ConfigField> fields,
        JsonNode job) {

    /** Returns the call that saves. */
    public String call() {
        return id == null ? "POST /api/v1/jobs" : "PUT /api/v1/jobs/" + id;
    }
}
