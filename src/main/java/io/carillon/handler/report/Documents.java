package io.carillon.handler.report;

import io.carillon.json.Json;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;

/** Writes a report in a format. Qute escapes what is HTML. */
@ApplicationScoped
class Documents {
    private final Json json;
    private final PdfFontFiles fonts;

    Documents(Json json, PdfFontFiles fonts) {
        this.json = json;
        this.fonts = fonts;
    }

    @CheckedTemplate(basePath = "report")
    static final class Templates {
        private Templates() {}

        static native TemplateInstance report(Report report);
    }

    /**
     * Returns the document; text is UTF-8.
     *
     * @throws InterruptedException when the thread was interrupted
     */
    Document of(Report report, ReportConfig config) throws InterruptedException {
        return switch (config.formatOrHtml()) {
            case HTML -> utf8(Templates.report(report).render());
            case CSV -> utf8(new CsvDocument(config.keepsFormulas()).of(report.table()));
            case TEXT -> utf8(TextDocument.of(report));
            case JSON -> new Document(json.bytes(report.table().rows()), 0);
            case PDF -> PdfDocument.of(report, fonts);
        };
    }

    private static Document utf8(String text) {
        return new Document(text.getBytes(StandardCharsets.UTF_8), 0);
    }
}
