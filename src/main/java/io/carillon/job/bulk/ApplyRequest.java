package io.carillon.job.bulk;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.definition.JobDefinition;
import io.carillon.problem.Names;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Declares all jobs of an owner in a namespace; an export has the same form. */
@Schema(name = "JobDeclarations")
@RegisterForReflection
record ApplyRequest(
        @Pattern(regexp = Names.REGEX, message = Names.MESSAGE)
                @Schema(
                        examples = "default",
                        description = "The namespace of all jobs; default: the caller's")
                @Nullable String namespace,
        @NotBlank
                @Size(max = 255)
                @Schema(
                        examples = "billing",
                        description =
                                "Who declares these jobs: a service, a repository. It becomes their label managed-by")
                String owner,
        @NotNull
                @Size(max = MAX_JOBS)
                @Schema(
                        type = SchemaType.ARRAY,
                        implementation = JobDefinition.class,
                        description =
                                "Up to 2,000 jobs. Without enabled, a paused job stays paused")
                List<JsonNode> jobs) {
    static final int MAX_JOBS = 2_000;
}
