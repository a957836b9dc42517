package io.carillon.handler.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carillon.database.DatabaseClock;
import io.carillon.files.FileRoots;
import io.carillon.handler.ExecutionContext;
import io.carillon.handler.Outcome;
import io.carillon.handler.email.Mails;
import io.carillon.handler.http.Call;
import io.carillon.handler.http.CallTarget;
import io.carillon.handler.http.HttpCalls;
import io.carillon.handler.http.HttpFailures;
import io.carillon.handler.http.Transfer;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Delivers a document once. What each needs was checked when the job was saved. */
@ApplicationScoped
class Deliveries {
    /** The ledger keeps 64 KiB of a result, of which escapes take some. */
    private static final int MAX_IN_RESULT = 48 << 10;

    private final Mails mails;
    private final HttpCalls calls;
    private final FileRoots roots;
    private final DatabaseClock clock;

    Deliveries(Mails mails, HttpCalls calls, FileRoots roots, DatabaseClock clock) {
        this.mails = mails;
        this.calls = calls;
        this.roots = roots;
        this.clock = clock;
    }

    /**
     * @param result what is known of the document; the delivery adds to it
     */
    Outcome deliver(
            ExecutionContext<ReportConfig> context,
            Report report,
            byte[] document,
            ObjectNode result)
            throws InterruptedException {
        return switch (Delivery.of(context.config())) {
            case MAIL -> mail(context, report, document, result);
            case CALL -> call(context, document, result);
            case FILE -> write(context, document, result);
            case RESULT -> keep(context.config(), report, document, result);
        };
    }

    private Outcome mail(
            ExecutionContext<ReportConfig> context,
            Report report,
            byte[] document,
            ObjectNode result)
            throws InterruptedException {
        var config = context.config();
        String subject = config.subject() == null ? report.title() : config.subject();
        Outcome outcome;
        if (config.attaches()) {
            String name = FileNames.of(context);
            result.put("fileName", name);
            outcome =
                    mails.send(
                            context,
                            ReportMail.of(config, subject, about(report)),
                            ReportMail.attachment(config, name, document));
        } else {
            outcome = mails.send(context, ReportMail.of(config, subject, utf8(document)), null);
        }
        if (outcome instanceof Outcome.Success sent && sent.result() instanceof ObjectNode more) {
            return new Outcome.Success(result.setAll(more));
        }
        return outcome;
    }

    private static String about(Report report) {
        return report.title() + "\n" + report.subtitle() + "\n";
    }

    private Outcome call(ExecutionContext<ReportConfig> context, byte[] document, ObjectNode result)
            throws InterruptedException {
        var config = context.config();
        var target = CallTarget.of(String.valueOf(config.url()));
        String contentType = config.formatOrHtml().contentType();
        var headers = Transfer.headers(context, contentType, config.allHeaders());
        try {
            String method = config.methodOrPost();
            var answer =
                    calls.send(new Call(context.namespace(), target, method, headers, document));
            return Transfer.outcome(answer, result, clock.now());
        } catch (IOException failure) {
            return HttpFailures.of(failure, target);
        }
    }

    private Outcome write(
            ExecutionContext<ReportConfig> context, byte[] document, ObjectNode result)
            throws InterruptedException {
        var config = context.config();
        String root = String.valueOf(config.root());
        String name = FileNames.of(context);
        if (!FileNames.isValid(name)) {
            return Outcome.failure("INVALID_JOB", "config.fileName " + FileNames.EXPECTED)
                    .notRetryable()
                    .withoutEffect();
        }
        try (var folder = roots.open(root, config.folderOrRoot())) {
            folder.write(Path.of(name), document);
            return new Outcome.Success(result.put("fileName", name));
        } catch (IOException failure) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return Outcome.failure(
                            "FILES_IO",
                            "could not write %s in %s of the root %s: %s"
                                    .formatted(
                                            name,
                                            config.folder() == null ? "." : config.folder(),
                                            root,
                                            failure.getClass().getSimpleName()))
                    .withoutEffect();
        }
    }

    private static Outcome keep(
            ReportConfig config, Report report, byte[] document, ObjectNode result) {
        if (document.length > MAX_IN_RESULT) {
            return Outcome.failure(
                            "REPORT_TOO_LARGE",
                            "the document has %d bytes and a result %d at most: ask for fewer rows, or deliver it by to, url or root"
                                    .formatted(document.length, MAX_IN_RESULT))
                    .notRetryable()
                    .withoutEffect();
        }
        return new Outcome.Success(
                config.formatOrHtml() == ReportFormat.JSON
                        ? result.set("document", report.table().rows())
                        : result.put("document", utf8(document)));
    }

    private static String utf8(byte[] document) {
        return new String(document, StandardCharsets.UTF_8);
    }
}
