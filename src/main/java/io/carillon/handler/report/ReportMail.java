package io.carillon.handler.report;

import io.carillon.handler.email.EmailConfig;
import io.carillon.handler.email.Mails.Attachment;
import java.util.List;
import java.util.Objects;

/** Makes the mail of a report: the document is its text, or is attached. */
final class ReportMail {
    private ReportMail() {}

    /**
     * @param text what it says: the document, or what the attachment is
     */
    static EmailConfig of(ReportConfig config, String subject, String text) {
        boolean isHtml = !config.attaches() && config.formatOrHtml() == ReportFormat.HTML;
        return new EmailConfig(
                Objects.requireNonNullElse(config.to(), List.of()),
                config.cc(),
                config.bcc(),
                null,
                subject,
                isHtml ? null : text,
                isHtml ? text : null);
    }

    static Attachment attachment(ReportConfig config, String name, byte[] document) {
        return new Attachment(name, config.formatOrHtml().contentType(), document);
    }
}
