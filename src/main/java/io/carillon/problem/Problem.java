package io.carillon.problem;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Describes what was wrong with a request: an RFC 9457 problem document. */
@Schema(name = "Problem", description = "What was wrong with a request (RFC 9457)")
@RegisterForReflection
public record Problem(
        @Schema(
                        description =
                                "Stable identifier of the kind of problem, see docs/problems.md",
                        examples = "urn:carillon:problem:invalid-request")
                String type,
        @Schema(examples = "Invalid request") String title,
        @Schema(examples = "400") int status,
        @Schema(examples = "schedule.cron: field 1, minute: 61 is above 59 (character 1)")
                @Nullable String detail,
        @Schema(description = "The path that was called", examples = "/api/v1/jobs")
                @Nullable String instance,
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
                @Schema(description = "Each field that was wrong; absent if there is none")
                List<Violation> violations) {

    public static final String MEDIA_TYPE = "application/problem+json";

    /** The {@code WWW-Authenticate} header of a 401. */
    public static final String CHALLENGE = "Bearer realm=\"carillon\"";

    /** One field that was wrong; {@code field} is its path in the body, or the parameter's name. */
    @Schema(name = "Violation")
    @RegisterForReflection
    public record Violation(
            @Schema(examples = "schedule.cron") String field,
            @Schema(examples = "field 1, minute: 61 is above 59 (character 1)") String message) {}
}
