package io.carillon.handler.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Defines a query or a change of a database. */
@RegisterForReflection
@Schema(
        name = "DataConfig",
        title = "data_processing",
        description = "Runs SQL on a database that the administrator has named",
        examples =
                "{\"datasource\": \"shop\", \"sql\": \"select count(*) as orders from orders where placed_at >= ?\","
                        + " \"parameters\": [\"{{execution.scheduledAt|yyyy-MM-dd}}\"]}")
record DataConfig(
        @NotBlank
                @Size(max = 63)
                @Schema(description = "A name of carillon.datasources.urls", examples = "shop")
                String datasource,
        @NotBlank
                @Size(max = 100_000)
                @Schema(
                        description =
                                "One statement, with ? for each parameter; without readOnly also several, by semicolons",
                        examples = "select count(*) as orders from orders where placed_at >= ?")
                String sql,
        @Size(max = 100)
                @Schema(
                        type = SchemaType.ARRAY,
                        implementation = Object.class,
                        description = "Texts, numbers, booleans and nulls, in the order of the ?",
                        examples = "[\"{{execution.scheduledAt|yyyy-MM-dd}}\"]")
                @Nullable List<@NotNull JsonNode> parameters,
        @Schema(description = "false: it may change data", defaultValue = "true")
                @Nullable Boolean readOnly,
        @Min(1)
                @Max(100_000)
                @Schema(description = "Ends after this many rows", defaultValue = "1000")
                @Nullable Integer maxRows,
        @Size(max = 8192)
                @Schema(
                        description =
                                "Where the rows are posted as JSON; absent: they are the result",
                        examples = "https://example.com/orders")
                @Nullable String url,
        @Size(max = 100)
                @Schema(description = "Headers of that call", examples = "{\"X-Kind\": \"orders\"}")
                @Nullable Map<@NotBlank String, @NotNull String> headers) {
    private static final int MAX_ROWS = 1000;

    boolean onlyReads() {
        return readOnly == null || readOnly;
    }

    int rowLimit() {
        return maxRows == null ? MAX_ROWS : maxRows;
    }

    List<JsonNode> values() {
        return parameters == null ? List.of() : parameters;
    }

    Map<String, String> allHeaders() {
        return headers == null ? Map.of() : headers;
    }
}
