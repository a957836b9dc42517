package io.carillon.job.importing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.problem.Problem;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Requests an import: other schedulers' definitions, and a template for the jobs made of them. */
@Schema(name = "JobImport")
@RegisterForReflection
record JobImport(
        @Schema(description = "A crontab; this, or one of the next four") @Nullable String crontab,
        @Schema(description = "CronJob manifests in YAML, any number of documents")
                @Nullable String kubernetes,
        @Schema(
                        type = SchemaType.ARRAY,
                        implementation = Object.class,
                        description =
                                "Jobs of Google Cloud Scheduler: gcloud scheduler jobs list --format=json")
                @Nullable JsonNode cloudScheduler,
        @Schema(
                        type = SchemaType.ARRAY,
                        implementation = Object.class,
                        description =
                                "Schedules of Amazon EventBridge Scheduler: a list of what aws scheduler get-schedule"
                                        + " answers")
                @Nullable JsonNode eventBridge,
        @Schema(
                        type = SchemaType.ARRAY,
                        implementation = Object.class,
                        description = "Jobs of Dkron: what GET /v1/jobs answers")
                @Nullable JsonNode dkron,
        @Schema(
                        description =
                                "Whether the crontab has a column for the user, as /etc/crontab; default false")
                @Nullable Boolean userColumn,
        @Schema(
                        examples = "Europe/Paris",
                        description =
                                "The zone of crontab lines before any CRON_TZ and of CronJobs without timeZone;"
                                        + " default UTC")
                @Nullable String timeZone,
        @Size(max = 63)
                @Schema(
                        examples = "default",
                        description =
                                "The namespace of all jobs; default: the manifest's, else default")
                @Nullable String namespace,
        @Schema(
                        type = SchemaType.OBJECT,
                        description =
                                "A job without name and schedule. In its texts, {{command}}, {{input}}, {{user}},"
                                        + " {{image}} and {{target}} are replaced by the entry's values. Not needed"
                                        + " for HTTP calls of Cloud Scheduler and Dkron")
                @Nullable ObjectNode template) {

    JobImport {
        cloudScheduler = given(cloudScheduler);
        eventBridge = given(eventBridge);
        dkron = given(dkron);
    }

    /** Null in JSON is no list. */
    private static @Nullable JsonNode given(@Nullable JsonNode list) {
        return list == null || list.isNull() ? null : list;
    }

    ObjectNode templateOrEmpty() {
        return template == null ? JsonNodeFactory.instance.objectNode() : template;
    }

    @Schema(name = "JobImportResult")
    @RegisterForReflection
    record Result(
            @Schema(examples = "false") boolean dryRun,
            @Schema(examples = "1") int created,
            @Schema(examples = "0") int failed,
            @Schema(description = "In the order of the file") List<Item> items) {}

    /** The outcome of one entry; of a dry run, the outcome that it would have. */
    @Schema(name = "JobImportItem")
    @RegisterForReflection
    record Item(
            @Schema(examples = "line 3") String place,
            @Schema(examples = "Nightly backup") @Nullable String name,
            @Schema(examples = "201", description = "200: would be created") int status,
            @Nullable UUID id,
            @Schema(type = SchemaType.OBJECT, description = "The job as a client would write it")
                    JsonNode job,
            @Nullable Instant nextFireAt,
            @Schema(description = "What is not carried over, or is done differently")
                    List<String> notes,
            @Nullable Problem problem) {}
}
