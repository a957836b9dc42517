package io.carillon.handler.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.carillon.handler.ExecutionContext;
import io.carillon.handler.JobHandler;
import io.carillon.handler.Outcome;
import io.carillon.handler.data.Queries;
import io.carillon.handler.data.Queries.Reading;
import io.carillon.placeholder.Where;
import io.carillon.problem.Problem.Violation;
import io.quarkus.runtime.ImageMode;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads, writes and delivers a report, once per attempt; nothing has an effect but the delivery.
 */
@ApplicationScoped
class ReportHandler implements JobHandler<ReportConfig> {
    private final ReportChecks checks;
    private final Queries queries;
    private final Figures figures;
    private final Documents documents;
    private final Deliveries deliveries;

    ReportHandler(
            ReportChecks checks,
            Queries queries,
            Figures figures,
            Documents documents,
            Deliveries deliveries) {
        this.checks = checks;
        this.queries = queries;
        this.figures = figures;
        this.documents = documents;
        this.deliveries = deliveries;
    }

    @Override
    public String type() {
        return "report_generation";
    }

    @Override
    public Class<ReportConfig> configType() {
        return ReportConfig.class;
    }

    /** None in the statement, as in {@code data_processing}. */
    @Override
    public Map<String, Where> placeholders() {
        return Map.of(
                "parameters", Where.TEXT,
                "title", Where.TEXT,
                "subject", Where.TEXT,
                "url", Where.URL,
                "headers", Where.HEADER,
                "folder", Where.TEXT,
                "fileName", Where.TEXT);
    }

    @Override
    public List<Violation> check(ReportConfig config) {
        return checks.of(config);
    }

    @Override
    public List<Violation> check(ReportConfig config, String namespace) {
        var violations = new ArrayList<>(check(config));
        violations.addAll(checks.of(config, namespace));
        return violations;
    }

    @Override
    public Outcome run(ExecutionContext<ReportConfig> context) throws InterruptedException {
        var config = context.config();
        if (config.formatOrHtml() == ReportFormat.PDF) {
            var lack = PdfDocument.lack(ImageMode.current());
            if (lack.isPresent()) {
                return Outcome.failure("INVALID_JOB", lack.get()).notRetryable().withoutEffect();
            }
        }
        var query = config.query();
        if (query == null) {
            var to = context.scheduledAt();
            var from = to.minus(config.periodOrDay());
            return delivered(context, figures.of(context.namespace(), from, to, config.rowLimit()));
        }
        return switch (queries.read(context, query)) {
            case Reading.Failed failed -> failed.failure();
            case Reading.Rows read ->
                    delivered(context, new Table(read.columns(), read.rows(), read.isComplete()));
        };
    }

    private Outcome delivered(ExecutionContext<ReportConfig> context, Table table)
            throws InterruptedException {
        var report = new Report(title(context), context.scheduledAt(), table);
        var document = documents.of(report, context.config());
        var result =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("format", context.config().formatOrHtml().name())
                        .put("rowCount", table.rows().size())
                        .put("isComplete", table.isComplete())
                        .put("bytes", document.bytes().length);
        if (context.config().formatOrHtml() == ReportFormat.PDF) {
            result.put("missingCharacters", document.missing());
        }
        return deliveries.deliver(context, report, document.bytes(), result);
    }

    private static String title(ExecutionContext<ReportConfig> context) {
        if (context.config().title() != null) {
            return context.config().title();
        }
        // A job's name may have line breaks, and a title becomes the subject of a mail.
        return context.jobName() == null
                ? "Report"
                : context.jobName().replaceAll("\\p{Cntrl}", " ");
    }
}
