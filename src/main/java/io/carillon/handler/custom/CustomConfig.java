package io.carillon.handler.custom;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Defines what a remote worker runs.
 *
 * @param task a name that workers know
 * @param payload the input of the task; null for none
 */
@RegisterForReflection
@Schema(
        name = "CustomConfig",
        title = "custom",
        description = "Handed to a remote worker, a program of your own in any language",
        examples =
                "{\"task\": \"resize-image\", \"payload\": {\"file\": \"cat.png\", \"width\": 200}}")
public record CustomConfig(
        @NotBlank
                @Size(max = 100)
                @Schema(
                        description = "What to run: a name that your workers register",
                        examples = "resize-image")
                String task,
        @Schema(description = "Any JSON, given to the worker as it is")
                @Nullable JsonNode payload) {}
