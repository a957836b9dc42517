package io.carillon.handler.report;

import io.carillon.files.FileRoots;
import io.carillon.files.RootFolder;
import io.carillon.handler.data.Queries;
import io.carillon.handler.email.Mails;
import io.carillon.handler.http.Transfer;
import io.carillon.outgoing.OutgoingGuard;
import io.carillon.problem.Problem.Violation;
import io.quarkus.runtime.ImageMode;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Checks the config of a report when it is saved. */
@ApplicationScoped
class ReportChecks {
    private final Queries queries;
    private final Mails mails;
    private final OutgoingGuard guard;
    private final FileRoots roots;

    ReportChecks(Queries queries, Mails mails, OutgoingGuard guard, FileRoots roots) {
        this.queries = queries;
        this.mails = mails;
        this.guard = guard;
        this.roots = roots;
    }

    /** Returns what does not depend on the namespace. */
    List<Violation> of(ReportConfig config) {
        var violations = new ArrayList<Violation>();
        checkSource(config, violations);
        checkFormat(config, violations);
        checkDelivery(config, violations);
        return violations;
    }

    /** Returns what depends on the namespace. */
    List<Violation> of(ReportConfig config, String namespace) {
        var violations = new ArrayList<Violation>();
        if (config.datasource() != null) {
            queries.lack(config.datasource(), namespace)
                    .ifPresent(lack -> violations.add(new Violation("datasource", lack)));
        }
        if (config.url() != null && Delivery.of(config) == Delivery.CALL) {
            violations.addAll(Transfer.refusals(guard, namespace, "url", config.url()));
        }
        return violations;
    }

    private void checkSource(ReportConfig config, List<Violation> violations) {
        if (config.sql() == null && config.datasource() != null) {
            violations.add(new Violation("sql", "is missing: what to ask of the datasource"));
        }
        if (config.sql() != null && config.datasource() == null) {
            violations.add(new Violation("datasource", "is missing: where to run sql"));
        }
        only("sql", config.sql(), violations, Field.of("parameters", config.parameters()));
        if (config.sql() != null && config.period() != null) {
            violations.add(
                    new Violation("period", "is of figures of jobs; sql says itself since when"));
        }
        var query = config.query();
        if (query != null) {
            violations.addAll(queries.check(query));
        }
    }

    private static void checkFormat(ReportConfig config, List<Violation> violations) {
        var format = config.formatOrHtml();
        if (config.formulas() != null && format != ReportFormat.CSV) {
            violations.add(new Violation("formulas", "is of CSV"));
        }
        if (format == ReportFormat.PDF) {
            PdfDocument.lack(ImageMode.current())
                    .ifPresent(lack -> violations.add(new Violation("format", lack)));
            if (Delivery.of(config) == Delivery.RESULT) {
                violations.add(
                        new Violation(
                                "format", "PDF is no result: give to, url or root to deliver it"));
            }
        }
    }

    private void checkDelivery(ReportConfig config, List<Violation> violations) {
        var given =
                Stream.of(
                                Field.of("to", config.to()),
                                Field.of("url", config.url()),
                                Field.of("root", config.root()))
                        .filter(Field::isGiven)
                        .map(Field::name)
                        .toList();
        for (String more : given.subList(Math.min(1, given.size()), given.size())) {
            violations.add(
                    new Violation(
                            more, "is a second delivery besides " + given.getFirst() + ": one"));
        }
        only(
                "to",
                config.to(),
                violations,
                Field.of("cc", config.cc()),
                Field.of("bcc", config.bcc()),
                Field.of("subject", config.subject()),
                Field.of("attach", config.attach()));
        only(
                "url",
                config.url(),
                violations,
                Field.of("method", config.method()),
                Field.of("headers", config.headers()));
        only("root", config.root(), violations, Field.of("folder", config.folder()));
        switch (Delivery.of(config)) {
            case MAIL -> checkMail(config, violations);
            case CALL ->
                    violations.addAll(
                            Transfer.check(String.valueOf(config.url()), config.allHeaders()));
            case FILE -> checkFile(config, String.valueOf(config.root()), violations);
            case RESULT -> {
                // It needs nothing.
            }
        }
        boolean isFile = config.root() != null || config.to() != null && config.attaches();
        if (config.fileName() != null && !isFile) {
            violations.add(
                    new Violation("fileName", "is of a file, or of what a mail has attached"));
        }
    }

    private void checkMail(ReportConfig config, List<Violation> violations) {
        violations.addAll(mails.check(ReportMail.of(config, "", "")));
        if (!config.attaches() && !config.formatOrHtml().canBeBody()) {
            violations.add(
                    new Violation("attach", "expected true: only HTML and TEXT are a mail's text"));
        }
    }

    private void checkFile(ReportConfig config, String root, List<Violation> violations) {
        roots.lack(root).ifPresent(lack -> violations.add(new Violation("root", lack)));
        RootFolder.fault(config.folderOrRoot())
                .ifPresent(fault -> violations.add(new Violation("folder", fault)));
        if (config.fileName() != null && !FileNames.isValid(config.fileName())) {
            violations.add(new Violation("fileName", FileNames.EXPECTED));
        }
    }

    private record Field(String name, boolean isGiven) {
        static Field of(String name, @Nullable Object value) {
            return new Field(name, value != null);
        }
    }

    /** Refuses fields without the one to which they belong. */
    private static void only(
            String owner, @Nullable Object value, List<Violation> violations, Field... fields) {
        if (value == null) {
            for (var field : fields) {
                if (field.isGiven) {
                    violations.add(
                            new Violation(field.name, "is of " + owner + ", which is missing"));
                }
            }
        }
    }
}
