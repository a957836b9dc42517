package io.carillon.handler;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Describes a job type to clients.
 *
 * @param schema JSON Schema 2020-12 of the config, with descriptions and defaults
 * @param example a config that is valid
 */
@Schema(
        name = "JobType",
        examples =
                "{\"type\": \"noop\", \"summary\": \"Sleeps or fails as told\", \"schema\": {\"type\": \"object\"},"
                        + " \"example\": {\"sleep\": \"PT1S\"}}")
@RegisterForReflection
public record JobType(
        @Schema(examples = "http") String type,
        @Schema(examples = "Calls a URL once per attempt, and keeps the answer") String summary,
        @Schema(description = "JSON Schema 2020-12 of the config, with defaults") JsonNode schema,
        @Schema(description = "A config that is valid") JsonNode example) {

    /** The answer of the listing. */
    @Schema(name = "JobTypes")
    @RegisterForReflection
    record Listing(List<JobType> items) {}
}
