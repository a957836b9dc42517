package io.carillon.handler.report;

import io.carillon.files.RootFolder;
import io.carillon.handler.ExecutionContext;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Names documents. */
final class FileNames {
    static final String EXPECTED = "expected a file's name, without '/'; folder has the path";

    private static final DateTimeFormatter INSTANT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HHmmss'Z'", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC);

    private static final int MAX_OF_JOB = 100;

    /** The random end of an execution's id. */
    private static final int ID = 8;

    private FileNames() {}

    /** Whether a text is the name of a file in a folder, and leads nowhere else. */
    static boolean isValid(String name) {
        return !name.isEmpty() && !name.contains("/") && RootFolder.fault(name).isEmpty();
    }

    /**
     * Returns the config's name, else one that all attempts of the execution have, and no other
     * execution.
     */
    static String of(ExecutionContext<ReportConfig> context) {
        var config = context.config();
        if (config.fileName() != null) {
            return config.fileName();
        }
        String id = context.executionId().toString();
        return "%s-%s-%s.%s"
                .formatted(
                        safe(context.jobName() == null ? "report" : context.jobName()),
                        INSTANT.format(context.scheduledAt()),
                        id.substring(id.length() - ID),
                        config.formatOrHtml().extension());
    }

    /** Returns a text with {@code -} in place of what a name cannot have on every system. */
    static String safe(String text) {
        String safe = text.replaceAll("[^A-Za-z0-9_]", "-");
        return safe.substring(0, Math.min(MAX_OF_JOB, safe.length()));
    }
}
