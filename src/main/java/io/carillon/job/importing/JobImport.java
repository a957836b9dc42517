package io.carillon.job.importing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.problem.Problem;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Requests an import: other schedulers' definitions, and a template for the jobs made of them. */
@Schema(name = "JobImport")
record JobImport(
        @Schema(description = "A crontab; this or kubernetes") @Nullable String crontab,
        @Schema(description = "CronJob manifests in YAML, any number of documents")
                @Nullable String kubernetes,
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
        @NotNull
                @Schema(
                        type = SchemaType.OBJECT,
                        description =
                                "A job without name and schedule. In its texts, {{command}}, {{input}}, {{user}} and"
                                        + " {{image}} are replaced by the entry's values")
                ObjectNode template) {

    @Schema(name = "JobImportResult")
    record Result(
            @Schema(examples = "false") boolean dryRun,
            @Schema(examples = "1") int created,
            @Schema(examples = "0") int failed,
            @Schema(description = "In the order of the file") List<Item> items) {}

    /** The outcome of one entry; of a dry run, the outcome that it would have. */
    @Schema(name = "JobImportItem")
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
