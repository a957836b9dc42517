package io.carillon.handler.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.carillon.handler.data.Queries.Query;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

/** Defines a report: which rows, as what, and where to. */
@RegisterForReflection
@Schema(
        name = "ReportConfig",
        title = "report_generation",
        description =
                "Writes rows of a database, or how the namespace's jobs did, as a document; delivers it by mail, HTTP or as a file",
        examples =
                "{\"datasource\": \"shop\", \"sql\": \"select item, sum(price) as sales from orders group by item\","
                        + " \"to\": [\"sales@example.com\"]}")
record ReportConfig(
        @Size(min = 1, max = 63)
                @Schema(
                        description = "With sql: a name of carillon.datasources.urls",
                        examples = "shop")
                @Nullable String datasource,
        @Size(min = 1, max = 100_000)
                @Schema(
                        description =
                                "One statement that reads, with ? for each parameter; absent: figures of the namespace's jobs",
                        examples = "select item, sum(price) as sales from orders group by item")
                @Nullable String sql,
        @Size(max = 100)
                @Schema(
                        type = SchemaType.ARRAY,
                        implementation = Object.class,
                        description =
                                "With sql: texts, numbers, booleans and nulls, in the order of the ?",
                        examples = "[\"{{execution.scheduledAt|yyyy-MM-dd}}\"]")
                @Nullable List<@NotNull JsonNode> parameters,
        @Min(1) @Max(100_000) @Schema(description = "Rows or jobs at most", defaultValue = "1000")
                @Nullable Integer maxRows,
        @DurationMin(minutes = 1)
                @DurationMax(days = 366)
                @Schema(
                        type = SchemaType.STRING,
                        description =
                                "Without sql: how long before the planned instant the figures begin, 1m to 366d",
                        defaultValue = "PT24H",
                        examples = "7d")
                @Nullable Duration period,
        @Schema(description = "HTML, CSV, TEXT, JSON or PDF", defaultValue = "HTML")
                @Nullable ReportFormat format,
        @Size(min = 1, max = 200)
                @Pattern(regexp = ONE_LINE, message = "expected one line of text")
                @Schema(
                        description = "The heading; absent: the job's name",
                        examples = "Sales of {{execution.scheduledAt|d MMMM}}")
                @Nullable String title,
        @Schema(
                        description =
                                "With CSV: whether texts that a spreadsheet would take for a formula stay as they are; else ' is put before them",
                        defaultValue = "false")
                @Nullable Boolean formulas,
        @Size(min = 1, max = 50)
                @Schema(description = "Mails it to these", examples = "[\"sales@example.com\"]")
                @Nullable List<@NotBlank @Size(max = 320) String> to,
        @Size(max = 50) @Schema(description = "With to: addresses that get a copy")
                @Nullable List<@NotBlank @Size(max = 320) String> cc,
        @Size(max = 50)
                @Schema(description = "With to: addresses that get a copy without others seeing it")
                @Nullable List<@NotBlank @Size(max = 320) String> bcc,
        @Size(min = 1, max = 500)
                @Pattern(regexp = ONE_LINE, message = "expected one line of text")
                @Schema(
                        description = "With to: one line; absent: the title",
                        examples = "Sales of {{execution.scheduledAt|d MMMM}}")
                @Nullable String subject,
        @Schema(
                        description =
                                "With to: whether it is attached, and not the text of the mail; default false for HTML and TEXT, else true")
                @Nullable Boolean attach,
        @Size(min = 1, max = 8192)
                @Schema(
                        description = "Sends it to this URL",
                        examples = "https://example.com/sales.csv")
                @Nullable String url,
        @Pattern(regexp = "PUT|POST", message = "expected PUT or POST")
                @Schema(description = "With url: PUT or POST", defaultValue = "POST")
                @Nullable String method,
        @Size(max = 100)
                @Schema(
                        description = "With url: headers of that call",
                        examples = "{\"X-Kind\": \"sales\"}")
                @Nullable Map<@NotBlank String, @NotNull String> headers,
        @Size(min = 1, max = 63)
                @Schema(
                        description =
                                "Writes it as a file under this root, a name of carillon.files.roots",
                        examples = "reports")
                @Nullable String root,
        @Size(max = 1000)
                @Schema(
                        description = "With root: a folder under it; absent: the root itself",
                        examples = "daily")
                @Nullable String folder,
        @Size(min = 1, max = 255)
                @Pattern(regexp = ONE_LINE, message = "expected one line of text")
                @Schema(
                        description =
                                "With root, or attached: the file's name; absent: from the job's name and the planned instant",
                        examples = "sales-{{execution.scheduledAt|yyyy-MM-dd}}.csv")
                @Nullable String fileName) {
    private static final String ONE_LINE = "[^\\x00-\\x1f\\x7f]*";
    private static final int MAX_ROWS = 1000;
    private static final Duration PERIOD = Duration.ofHours(24);

    /** Returns the query; null: figures of jobs. */
    @Nullable Query query() {
        return datasource == null || sql == null
                ? null
                : new Query(datasource, sql, parameters, maxRows);
    }

    int rowLimit() {
        return maxRows == null ? MAX_ROWS : maxRows;
    }

    Duration periodOrDay() {
        return period == null ? PERIOD : period;
    }

    ReportFormat formatOrHtml() {
        return format == null ? ReportFormat.HTML : format;
    }

    boolean keepsFormulas() {
        return Boolean.TRUE.equals(formulas);
    }

    boolean attaches() {
        return attach == null ? !formatOrHtml().canBeBody() : attach;
    }

    String methodOrPost() {
        return method == null ? "POST" : method;
    }

    Map<String, String> allHeaders() {
        return headers == null ? Map.of() : headers;
    }

    String folderOrRoot() {
        return folder == null ? "" : folder;
    }
}
