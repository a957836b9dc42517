package io.carillon.handler.report;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The formats of documents. */
@Schema(name = "ReportFormat", examples = "HTML")
enum ReportFormat {
    /** A page with a table. */
    HTML("text/html; charset=utf-8", "html"),
    /** RFC 4180, with a header. */
    CSV("text/csv; charset=utf-8; header=present", "csv"),
    /** Aligned columns. */
    TEXT("text/plain; charset=utf-8", "txt"),
    /** An array of objects. */
    JSON("application/json", "json"),
    /** Pages of A4. */
    PDF("application/pdf", "pdf");

    private final String contentType;
    private final String extension;

    ReportFormat(String contentType, String extension) {
        this.contentType = contentType;
        this.extension = extension;
    }

    String contentType() {
        return contentType;
    }

    /** Returns the end of file names, without a dot. */
    String extension() {
        return extension;
    }

    /** Whether a mail can have it as its text. */
    boolean canBeBody() {
        return this == HTML || this == TEXT;
    }
}
