package io.carillon.execution;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

/** An execution to submit once, without a job. Only {@code type} is required. */
@Schema(
        name = "Submission",
        examples =
                """
                {"type": "http", "config": {"method": "POST", "url": "https://example.com/invoices",
                 "body": {"month": "2026-11"}}, "priority": 7, "timeout": "90s"}
                """)
record SubmissionRequest(
        @Pattern(regexp = NAME, message = NAME_MESSAGE) @Nullable String namespace,
        @NotBlank @Schema(examples = "http") String type,
        @Schema(type = SchemaType.OBJECT) @Nullable ObjectNode config,
        @Pattern(regexp = NAME, message = NAME_MESSAGE) @Nullable String queue,
        @Min(0) @Max(9) @Nullable Integer priority,
        @Schema(description = "Not before; absent for now") @Nullable Instant runAt,
        @DurationMin(millis = 1)
                @DurationMax(days = 7)
                @Schema(type = SchemaType.STRING, examples = "90s")
                @Nullable Duration timeout,
        @Valid @Nullable RetryPolicy retry,
        @Nullable Delivery delivery,
        @Size(max = 64)
                @Nullable Map<@NotBlank @Size(max = 63) String, @NotNull @Size(max = 255) String>
                        labels) {

    static final String NAME = "[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?";
    static final String NAME_MESSAGE =
            "expected up to 63 lower-case letters, digits, '-', '_' or '.', beginning and ending with a letter or"
                    + " digit";
}
